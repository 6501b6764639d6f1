/** The probe's process: subscribes, is told what the fleet sends, compares. It lives no longer than its parent. */
import type { FromProbe, ToProbe } from './messages.ts';
import { publishesIn } from './publish-packets.ts';
import { Subscriber } from './subscriber.ts';

// The channel closes when the parent stops us and when it dies, even by SIGKILL.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group, but the run still wants its report.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

let subscriber: Subscriber | undefined;

function answer(message: FromProbe): void {
  process.send?.(message);
}

process.on('message', (message: ToProbe) => {
  if ('start' in message) {
    subscriber = new Subscriber(message.start);
    subscriber.subscribe().then(
      () => answer({ ready: true }),
      (error: Error) => answer({ failed: error.message, unreachable: subscriber?.reached === false }),
    );
  } else if ('packets' in message) {
    let i = 0;
    for (const publish of publishesIn(message.packets)) subscriber?.sent(publish, message.times[i++] ?? 0);
  } else {
    subscriber?.finish(message.finish).then((report) => answer({ report }));
  }
});

/** The probe's process: subscribes, receives what the fleet sent, compares. */
import { servesParent } from '../base/index.ts';
import type { FromProbe, ToProbe } from './messages.ts';
import { publishesIn } from './publish-packets.ts';
import { Subscriber } from './subscriber.ts';
import { troubleOf } from './trouble.ts';

let subscriber: Subscriber | undefined;

const answer = servesParent<ToProbe, FromProbe>((message) => {
  if ('start' in message) {
    const started = new Subscriber(message.start);
    subscriber = started;
    started.subscribe().then(
      () => answer({ ready: true }),
      (error: Error) => answer({ failed: troubleOf(error, started.reached), unreachable: !started.reached }),
    );
  } else if ('packets' in message) {
    let i = 0;
    for (const publish of publishesIn(message.packets)) subscriber?.sent(publish, message.times[i++] ?? 0);
  } else {
    subscriber?.finish(message.finish).then((findings) => answer({ findings }));
  }
});

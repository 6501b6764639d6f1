/** The probe's process: subscribes, receives what the fleet sent, compares. */
import { servesParent } from '../base/index.ts';
import type { FromProbe, ToProbe } from './messages.ts';
import { Subscriber } from './subscriber.ts';
import { troubleOf } from './trouble.ts';

let subscriber: Subscriber | undefined;

const answer = servesParent<ToProbe, FromProbe>((message) => {
  if ('start' in message) {
    const started = new Subscriber(message.start, (deliveries) => answer({ deliveries }));
    subscriber = started;
    started.subscribe().then(
      () => answer({ ready: true }),
      (error: Error) => answer({ failed: troubleOf(error, started.reached), unreachable: !started.reached }),
    );
  } else if ('packets' in message) {
    subscriber?.sent(message);
  } else {
    subscriber?.finish(message.finish).then((findings) => answer({ findings }));
  }
});

/** The embedded broker's process: starts what its parent asks for. */
import { servesParent } from '../base/index.ts';
import { listen } from './broker.ts';
import type { StartedMessage, StartMessage } from './messages.ts';

const answer = servesParent<StartMessage, StartedMessage>(({ start }) => {
  listen(start).then(
    ({ port }) => answer({ port }),
    (error: Error) => answer({ failed: error.message }),
  );
});

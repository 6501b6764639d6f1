/** The cloud's process: starts what its parent asks for. */
import { errorDocument, servesParent } from '../base/index.ts';
import { openCloud } from './cloud.ts';
import type { StartedMessage, StartMessage } from './messages.ts';

/** Ends the process with an error that it prints, before it answers anything more. */
function die(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

const answer = servesParent<StartMessage, StartedMessage>(({ start }) => {
  openCloud(start).then(
    ({ ports, failed }) => {
      failed.catch(die);
      answer(ports);
    },
    (error) => answer({ failed: errorDocument(error) }),
  );
});

/** The cloud's process: starts what its parent asks for. */
import { errorDocument, servesParent } from '../base/index.ts';
import { openCloud } from './cloud.ts';
import type { StartedMessage, StartMessage } from './messages.ts';

const answer = servesParent<StartMessage, StartedMessage>(({ start }) => {
  openCloud(start).then(answer, (error) => answer({ failed: errorDocument(error) }));
});

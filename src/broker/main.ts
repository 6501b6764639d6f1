/** The embedded broker's process: starts what its parent asks for and lives no longer than its parent. */
import { listen } from './broker.ts';
import type { StartedMessage, StartMessage } from './messages.ts';

// The channel closes when the parent stops us and when it dies, even by SIGKILL.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group, but the fleet still has to close its connections.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

function answer(message: StartedMessage): void {
  process.send?.(message);
}

process.once('message', ({ start }: StartMessage) => {
  listen(start).then(
    ({ port }) => answer({ port }),
    (error: Error) => answer({ failed: error.message }),
  );
});

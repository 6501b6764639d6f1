/**
 * Makes this process one that `startChild` started: it takes its parent's messages and lives no longer than it. Returns how to
 * answer.
 */
export function servesParent<In, Out>(receive: (message: In) => void): (message: Out) => void {
  // The channel closes when the parent stops us and when it dies, even by SIGKILL.
  process.on('disconnect', () => process.exit(0));
  // A signal to the whole program reaches the parent too, which still has to end its run.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('message', (message) => receive(message as In));
  // What can no longer be sent has no reader.
  return (message) => void process.send?.(message, undefined, undefined, () => {});
}

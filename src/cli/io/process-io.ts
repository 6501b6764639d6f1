import type { Io } from './io.ts';

/** What a process has, for its commands. */
export function processIo(process: NodeJS.Process): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    get atTerminal() {
      return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    },
    onSignals(names, listener) {
      for (const name of names) process.on(name, listener);
      return () => {
        for (const name of names) process.off(name, listener);
      };
    },
    abandon: (code) => process.exit(code),
  };
}

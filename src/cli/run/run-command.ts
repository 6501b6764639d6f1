import { type Command, verbosity } from '../command/index.ts';
import { RUN_EXAMPLES, RUN_OPTIONS } from './run-options.ts';
import { runRequest } from './run-request.ts';

export const RUN: Command = {
  words: ['run'],
  summary: 'run a fleet against a broker and report',
  description: 'Provisions virtual devices, runs them against a broker and reports.',
  options: RUN_OPTIONS,
  examples: RUN_EXAMPLES,
  async run(args, io) {
    const request = await runRequest(args);
    const { run } = await import('./run.ts');
    return run(request, verbosity(args), io);
  },
};

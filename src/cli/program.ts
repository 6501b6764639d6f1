import yargs, { type Argv } from 'yargs';
import { RUN_EXAMPLES, RUN_OPTIONS, type RunArguments } from './run-options.ts';
import { nearest } from './suggest.ts';
import { quoted, usageError } from './usage.ts';
import { packageVersion } from './version.ts';

/** What a command line asks for: text to print, or a command to run. */
export type Invocation = { readonly print: string } | { readonly command: 'run'; readonly args: RunArguments };

const COMMANDS = ['run'] as const;
const EXIT_CODES = `Exit codes:
  0  every device connected              1  some never connected, or emu failed
  2  usage                             104  invalid profile, scenario or fleet
105  interrupted, summary printed      107  no TCP connection was ever accepted`;

/** @throws EmuError EMU_E_USAGE */
export function parseCommandLine(argv: readonly string[]): Invocation {
  let invocation: Invocation | undefined;
  const parser = yargs()
    .scriptName('emu')
    .usage('$0 COMMAND\n\nDigital twins of IoT devices: fleets that load-test an MQTT broker over mutual TLS.')
    .command('run', 'run a fleet against a broker and report', runBuilder, (args) => {
      requireKnown(args, ['run']);
      invocation = { command: 'run', args: args as RunArguments };
    })
    .example('$0 run --count 500', '500 devices against an embedded broker, 30s')
    .example('$0 run --help', 'all options of a run')
    .epilogue(EXIT_CODES)
    .version(packageVersion())
    .help()
    .alias('help', 'h')
    .locale('en')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'boolean-negation': false,
      'duplicate-arguments-array': false,
    })
    .exitProcess(false)
    .fail(false);

  let print = '';
  const rest = parser.parseSync([...argv], {}, (_error, _args, output) => {
    print = output;
  });
  if (print !== '') return { print: `${print}\n` };
  if (invocation === undefined) throw unknownCommand(String(rest._[0] ?? ''));
  return invocation;
}

function runBuilder(command: Argv): Argv {
  command.usage('$0 run [options]\n\nMakes a fleet of virtual devices, runs it against a broker and reports.');
  command.options(RUN_OPTIONS);
  for (const [example, what] of RUN_EXAMPLES) command.example(example, what);
  return command;
}

/** Everything on the line is an option of the command, spelt right. */
function requireKnown(args: Readonly<Record<string, unknown>>, words: readonly string[]): void {
  const known = Object.keys(RUN_OPTIONS);
  for (const name of Object.keys(args)) {
    if (name === '_' || name === '$0' || known.includes(name)) continue;
    const option = name.length === 1 ? `-${name}` : `--${name}`;
    const meant = nearest(name, known);
    throw usageError(
      `unknown option ${option}${meant === undefined ? '' : `; did you mean --${meant}?`}`,
      `See: emu ${words.join(' ')} --help`,
    );
  }
  const [stray] = (args._ as (string | number)[]).slice(words.length);
  if (stray !== undefined) {
    throw usageError(`unexpected ${quoted(String(stray))} after emu ${words.join(' ')}`, 'Options begin with --.');
  }
}

function unknownCommand(word: string): Error {
  if (word === '') return usageError('say what to do, for example: emu run', 'See: emu --help');
  const meant = nearest(word, COMMANDS);
  return usageError(
    `unknown command ${quoted(word)}${meant === undefined ? '' : `; did you mean emu ${meant}?`}`,
    'See: emu --help',
  );
}

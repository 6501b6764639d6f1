import yargs, { type Argv } from 'yargs';
import { nearest } from '../../base/index.ts';
import { type Arguments, type Command, type CommandOption, optionsOf } from '../command/index.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import { quoted, usageError } from '../errors/index.ts';
import { packageVersion } from '../version.ts';
import { addCompletion, asksForCompletion } from './completion.ts';
import { overview } from './overview.ts';

/** What a command line asks for: text to print, or a command to run. */
export type Invocation = { readonly print: string } | { readonly command: Command; readonly args: Arguments };

const EXIT_CODES = `Exit codes:
  0  every device connected              1  some never connected, or emu failed
  2  usage                             104  invalid profile, scenario or fleet
105  interrupted, summary printed      107  no TCP connection was ever accepted`;

/** Help is easier to read in lines of this length than across a wide terminal. */
const LINE_WIDTH = 110;

/**
 * @param columns of the terminal that help is printed on
 * @throws EmuError EMU_E_USAGE
 */
export function parseCommandLine(argv: readonly string[], columns = LINE_WIDTH): Invocation {
  if (argv.length === 0) return { print: overview(packageVersion()) };
  let invocation: Invocation | undefined;
  const parser = yargs()
    .scriptName('emu')
    .usage('$0 COMMAND\n\nDigital twins of IoT devices: fleets that load-test an MQTT broker over mutual TLS.')
    .example('$0 run --count 500', '500 devices against an embedded broker, 30s')
    .example('$0 run --help', 'all options of a run')
    .epilogue(EXIT_CODES)
    .version(packageVersion())
    .help()
    .alias('help', 'h')
    .locale('en')
    .wrap(Math.min(LINE_WIDTH, columns))
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'boolean-negation': false,
      'duplicate-arguments-array': false,
      'populate--': true,
    })
    .exitProcess(false)
    .fail(false);
  addCommands(parser, (command, args) => {
    requireKnown(args, command);
    invocation = { command, args };
  });

  addCompletion(parser, argv);

  let print = '';
  const rest = parser.parseSync([...argv], {}, (_error, _args, output) => {
    print = output;
  });
  if (print !== '') return { print: `${print}\n` };
  if (asksForCompletion(argv)) return { print: '' };
  if (invocation === undefined) throw unknownCommand(rest._.map(String));
  return invocation;
}

type Called = (command: Command, args: Arguments) => void;

function addCommands(parser: Argv, called: Called): void {
  for (const command of COMMANDS) {
    if (command.words[1] === undefined) addCommand(parser, command, called);
  }
  for (const [group, summary] of Object.entries(GROUPS)) {
    parser.command(group, summary, (within) => {
      within.usage(`$0 ${group} COMMAND`);
      for (const command of COMMANDS) {
        if (command.words[0] === group) addCommand(within, command, called);
      }
      return within;
    });
  }
}

function addCommand(parser: Argv, command: Command, called: Called): void {
  const { words, positionals = [], rest, summary, description, examples } = command;
  const places = positionals.map((name) => ` [${name}]`).join('');
  const arguments_ = positionals.map((name) => ` ${name.toUpperCase()}`).join('');
  const behind = rest === undefined ? '' : ` [-- ${rest}]`;
  const usage = `$0 ${words.join(' ')}${arguments_} [options]${behind}`;
  const build = (line: Argv) => {
    line.usage(`${usage}\n\n${description}`).options(optionsOf(command));
    for (const [example, what] of examples) line.example(example, what);
    return line;
  };
  parser.command(`${words.at(-1)}${places}`, summary, build, (args) => called(command, args));
}

/** Everything on the line is an option of the command, spelt right, with a value where it takes one. */
function requireKnown(args: Arguments, command: Command): void {
  const { words, positionals = [], rest } = command;
  const options = optionsOf(command);
  const known = Object.keys(options);
  for (const [name, value] of Object.entries(args)) {
    if (name === '_' || name === '$0' || name === '--' || positionals.includes(name)) continue;
    const option = options[name];
    if (option !== undefined) {
      requireValue(name, option, value, words.join(' '));
      continue;
    }
    const spelt = name.length === 1 ? `-${name}` : `--${name}`;
    const meant = nearest(name, known);
    throw usageError(
      `unknown option ${spelt}${meant === undefined ? '' : `; did you mean --${meant}?`}`,
      `See: emu ${words.join(' ')} --help`,
    );
  }
  const behind = (args['--'] ?? []) as string[];
  const [stray] = [...(args._ as (string | number)[]).slice(words.length), ...(rest === undefined ? behind : [])];
  if (stray !== undefined) {
    throw usageError(`unexpected ${quoted(String(stray))} after emu ${words.join(' ')}`, 'Options begin with --.');
  }
}

function requireValue(name: string, { flag, bare }: CommandOption, value: unknown, words: string): void {
  if (
    value === undefined ||
    (bare && value === true) ||
    (flag ? value === true : typeof value === 'string' && value !== '')
  )
    return;
  throw usageError(
    flag ? `--${name} takes no value, not ${quoted(value)}` : `--${name} needs a value`,
    `See: emu ${words} --help`,
  );
}

function unknownCommand(words: readonly string[]): Error {
  const [first = '', second] = words;
  if (first === '') return usageError('say what to do, for example: emu run', 'See: emu --help');
  const siblings = COMMANDS.filter((command) => command.words[0] === first).map((command) => command.words.join(' '));
  if (second === undefined && siblings.length > 0) {
    return usageError(`say what to do with emu ${first}`, `One of: emu ${siblings.join(', emu ')}`);
  }
  const known = COMMANDS.map((command) => command.words.join(' '));
  const word = siblings.length > 0 ? `${first} ${second}` : first;
  const meant = nearest(word, siblings.length > 0 ? siblings : [...known, ...Object.keys(GROUPS), 'completion']);
  return usageError(
    `unknown command ${quoted(word)}${meant === undefined ? '' : `; did you mean emu ${meant}?`}`,
    'See: emu --help',
  );
}

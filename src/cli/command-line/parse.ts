import yargs, { type Argv, type Options } from 'yargs';
import { calledAs } from '../called-as.ts';
import { type Arguments, type Command, type CommandOption, optionsOf } from '../command/index.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import type { Environment } from '../io/index.ts';
import { packageVersion } from '../version.ts';
import { complaintOfParser, requireKnown, unknownCommand } from './complaints.ts';
import { addCompletion, completionUsage, isOfCompletion } from './completion.ts';
import { EXAMPLES_PLACE, GENERAL_EXAMPLES, withExamples } from './examples.ts';
import { overview } from './overview.ts';

/** What a command line asks for: text to print, or a command to run. */
export type Invocation = { readonly print: string } | { readonly command: Command; readonly args: Arguments };

const EXIT_CODES = `Exit codes:
  0  every device connected, and still at the end
  1  some were not, or emu failed
  2  usage
104  invalid profile, scenario or fleet
105  interrupted, summary printed
107  no TCP connection was ever accepted`;

/** Help is easier to read in lines of this length than across a wide terminal. */
const LINE_WIDTH = 110;

/**
 * @param columns of the terminal that help is printed on
 * @throws EmuError EMU_E_USAGE
 */
export function parseCommandLine(
  argv: readonly string[],
  columns = LINE_WIDTH,
  environment: Environment = {},
): Invocation {
  const name = calledAs(environment);
  if (argv.length === 0) return { print: overview(packageVersion(), name) };
  if (argv[0] === 'help') return parseCommandLine([...argv.slice(1), '--help'], columns, environment);
  const usage = completionUsage(argv, environment);
  if (usage !== undefined) return { print: usage };

  let called: Command | undefined;
  let invocation: Invocation | undefined;
  const parser = yargs()
    .scriptName('emu')
    .usage('$0 COMMAND\n\nDigital twins of IoT devices: fleets that load-test an MQTT broker over mutual TLS.')
    .epilogue(`${EXAMPLES_PLACE}\n\n${EXIT_CODES}`)
    .version(packageVersion())
    .alias('version', 'v')
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
      'populate--': true,
    })
    .exitProcess(false)
    .fail(false);
  addCommands(parser, {
    building(command) {
      called = command;
    },
    run(command, args) {
      requireKnown(args, command);
      invocation = { command, args: oneTextEach(args, command) };
    },
  });

  addCompletion(parser, argv);

  let print = '';
  let rest: string[];
  try {
    const parsed = parser.parseSync([...argv], {}, (_error, _args, output) => {
      print = output;
    });
    rest = parsed._.map(String);
  } catch (error) {
    throw complaintOfParser(error, argv, called);
  }
  if (isOfCompletion(argv)) return { print: print === '' ? '' : `${print}\n` };
  // Help may be asked for on a command that is none.
  const isGroup = rest.length === 1 && Object.hasOwn(GROUPS, rest.join());
  if (called === undefined && rest.length > 0 && !isGroup) throw unknownCommand(rest);
  if (print !== '') return { print: `${withExamples(print, called?.examples ?? GENERAL_EXAMPLES, name)}\n` };
  if (invocation === undefined) throw unknownCommand(rest);
  return invocation;
}

interface Listener {
  /** The line is one of this command; its options are declared now. */
  building(command: Command): void;
  run(command: Command, args: Arguments): void;
}

function addCommands(parser: Argv, listener: Listener): void {
  for (const command of COMMANDS) {
    if (command.words[1] === undefined) addCommand(parser, command, listener);
  }
  for (const [group, summary] of Object.entries(GROUPS)) {
    parser.command(group, summary, (within) => {
      within.usage(`$0 ${group} COMMAND`);
      for (const command of COMMANDS) {
        if (command.words[0] === group) addCommand(within, command, listener);
      }
      return within;
    });
  }
}

function addCommand(parser: Argv, command: Command, listener: Listener): void {
  const { words, positionals = [], rest, summary, description } = command;
  const places = positionals.map((name) => ` [${name}]`).join('');
  const arguments_ = positionals.map((name) => ` ${name.toUpperCase()}`).join('');
  const behind = rest === undefined ? '' : ` [-- ${rest}]`;
  const usage = `$0 ${words.join(' ')}${arguments_} [options]${behind}`;
  const build = (line: Argv) => {
    listener.building(command);
    line.usage(`${usage}\n\n${description}`).epilogue(EXAMPLES_PLACE);
    for (const [name, option] of Object.entries(optionsOf(command))) line.option(name, withArity(option));
    // So that - is an argument, and no option without a name.
    for (const name of positionals) line.nargs(name, 1);
    return line;
  };
  parser.command(`${words.at(-1)}${places}`, summary, build, (args) => listener.run(command, args));
}

/** What was given to an option several times is one text, as it stands in a variable or a settings file. */
function oneTextEach(args: Arguments, command: Command): Arguments {
  const lists = Object.keys(optionsOf(command)).flatMap((name) => {
    const value = args[name];
    return Array.isArray(value) ? [[name, value.join()] as const] : [];
  });
  return { ...args, ...Object.fromEntries(lists) };
}

/** A flag takes no word of the line, every other option one, unless its value may be left out. */
function withArity(option: CommandOption): Options {
  return option.bare ? option : { ...option, nargs: option.flag ? 0 : 1 };
}

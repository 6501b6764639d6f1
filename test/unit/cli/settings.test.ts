import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmuError } from '../../../emulator/errors.ts';
import type { CommandOption } from '../../../src/cli/command/command.ts';
import { optionsOf } from '../../../src/cli/command/common-options.ts';
import { parseCommandLine } from '../../../src/cli/command-line/parse.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { exitCodeOf } from '../../../src/cli/errors/exit-codes.ts';
import { FLEET_EXPORT } from '../../../src/cli/fleet/index.ts';
import { RUN } from '../../../src/cli/run/index.ts';
import { runRequest } from '../../../src/cli/run/run-request.ts';
import { unknownVariables, variableOf } from '../../../src/cli/settings/environment.ts';
import { resolveSettings, type Settings } from '../../../src/cli/settings/settings.ts';

let directory: string;
const file = (name: string) => join(directory, name);

/** A settings file with this text. */
function settingsFile(text: string): string {
  writeFileSync(file('emu.yaml'), text);
  return file('emu.yaml');
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-settings-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Environment = Readonly<Record<string, string>>;

function settings(line: readonly string[], environment: Environment = {}): Promise<Settings> {
  const invocation = parseCommandLine(line);
  if ('print' in invocation) throw new Error(`printed instead: ${invocation.print}`);
  return resolveSettings(invocation.command, invocation.args, environment);
}

const args = async (line: readonly string[], environment: Environment = {}) => (await settings(line, environment)).args;

/** What `emu run` complains of, wherever it was set. */
async function complaint(line: readonly string[], environment: Environment = {}): Promise<EmuError> {
  try {
    const set = await settings(['run', ...line], environment);
    try {
      await runRequest(set.args);
    } catch (error) {
      throw set.explain(error);
    }
  } catch (error) {
    if (error instanceof EmuError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('precedence', () => {
  test('the line, then the environment, then the file, then the default', async () => {
    const config = ['--config', settingsFile('run:\n  count: 3\n  rate: 30\n  duration: 3s\n')];
    const environment = { EMU_COUNT: '2', EMU_RATE: '20' };
    expect(await args(['run', '--count', '1', ...config], environment)).toMatchObject({
      count: '1',
      rate: '20',
      duration: '3s',
    });
    expect(await args(['run'])).not.toHaveProperty('interval');
    const { plan } = await runRequest(await args(['run', '--count', '1', ...config], environment));
    expect(plan).toMatchObject({ count: 1, rate: 20, durationMs: 3000, pace: 'fast' });
  });

  test('an empty variable is as good as none', async () => {
    const config = settingsFile('run:\n  count: 3\n');
    expect(await args(['run', '--config', config], { EMU_COUNT: '' })).toMatchObject({ count: '3' });
  });

  test.each(['1', 'true', 'YES', 'on'])('EMU_JSON=%s is --json', async (text) => {
    expect(await args(['run'], { EMU_JSON: text })).toMatchObject({ json: true });
  });

  test.each(['0', 'false', 'No', 'off'])('EMU_JSON=%s goes before the file', async (text) => {
    const config = settingsFile('run:\n  json: true\n');
    expect(await args(['run', '--config', config])).toMatchObject({ json: true });
    expect(await args(['run', '--config', config], { EMU_JSON: text })).not.toHaveProperty('json');
  });

  test.each<[given: string, value: string | true | undefined]>([
    ['1', true],
    ['true', true],
    ['off', undefined],
    ['/topic/#', '/topic/#'],
  ])('EMU_PROBE=%s, of an option that may stand without a value, is %j', async (text, value) => {
    expect((await args(['run'], { EMU_PROBE: text })).probe).toBe(value);
  });

  test('a file turns such an option on or off too', async () => {
    const probe = async (text: string) =>
      (await args(['run', '--config', settingsFile(`run: { probe: ${text} }`)])).probe;
    expect([await probe('true'), await probe('false'), await probe('/topic/#')]).toEqual([true, undefined, '/topic/#']);
    expect((await runRequest(await args(['run', '--probe']))).watch.probe).toBe('telemetry');
  });

  test('the file may be named by EMU_CONFIG', async () => {
    expect(await args(['run'], { EMU_CONFIG: settingsFile('run: { seed: x }') })).toMatchObject({ seed: 'x' });
  });
});

describe('every option of every command', () => {
  const all = COMMANDS.flatMap((command) =>
    Object.entries(optionsOf(command))
      .filter(([name]) => name !== 'config')
      .map(([name, option]) => ({ command, name, option, called: `emu ${command.words.join(' ')} --${name}` })),
  );

  /** Something that each option takes. */
  const SAMPLES = [
    '1',
    '1s',
    '0/1',
    '60',
    'fast',
    'node',
    'none',
    'hex',
    'ATECC608A',
    'nats',
    'mqtts://b',
    'a.test:1:10.0.0.1',
    'tcp',
    'hashed',
  ];
  const sampleFor = ({ check }: CommandOption) =>
    SAMPLES.find((text) => {
      try {
        check?.(text);
        return true;
      } catch {
        return false;
      }
    });

  test.each(all)('$called is a variable and a setting', async ({ command, name, option }) => {
    const isSwitch = option.flag || option.bare;
    const sample = isSwitch ? '1' : (sampleFor(option) ?? '');
    const expected = { [name]: isSwitch ? true : sample };
    const line = { _: [...command.words], $0: 'emu' };
    expect((await resolveSettings(command, line, { [variableOf(name)]: sample })).args).toMatchObject(expected);

    const value = isSwitch ? 'true' : `"${sample}"`;
    const section = command.words.reduceRight<string>(
      (inner, word) => `{ ${word}: ${inner} }`,
      `{ ${name}: ${value} }`,
    );
    expect((await resolveSettings(command, line, { EMU_CONFIG: settingsFile(section) })).args).toMatchObject(expected);
  });

  test('numbers are read as they are written', async () => {
    const config = settingsFile('run:\n  seed: 0x1F\n  count: 007\n  rate: 1e3\n');
    expect(await args(['run', '--config', config])).toMatchObject({ seed: '0x1F', count: '007', rate: '1e3' });
  });
});

describe('a mistake says where it was set', () => {
  test.each<[name: string, environment: Environment, message: RegExp, exit: number]>([
    ['a value', { EMU_COUNT: '0' }, /^EMU_COUNT must be a whole number of at least 1, not 0$/, 2],
    ['a flag', { EMU_JSON: 'maybe' }, /^EMU_JSON must be on or off, not "maybe"$/, 2],
    ['what misses its other half', { EMU_CA_CERT: 'root.pem' }, /^EMU_CA_CERT needs --ca-key too$/, 2],
    ['a file', { EMU_CA_CERT: '/no/r.pem', EMU_CA_KEY: 'r.key' }, /^EMU_CA_CERT: cannot read \/no\/r\.pem: /, 2],
    ['what only makes sense with another', { EMU_CA: 'ca.pem' }, /^EMU_CA goes with --broker$/, 2],
    ['a profile', { EMU_PROFILE: 'nope' }, /^EMU_PROFILE: there is no profile named "nope"$/, 104],
    ['a profile file', { EMU_PROFILE: './no.yaml' }, /^EMU_PROFILE: cannot read the profile no\.yaml: /, 104],
    [
      'a root',
      { EMU_CA_CERT: 'package.json', EMU_CA_KEY: 'package.json' },
      /^EMU_CA_CERT: package\.json: the certificate of /,
      2,
    ],
    ['a validity', { EMU_VALIDITY: '99' }, /^EMU_VALIDITY: a certificate in a chip is valid for 1 to 31 /, 2],
  ])('%s in the environment', async (_, environment, message, exit) => {
    const refused = await complaint([], environment);
    expect(refused.message).toMatch(message);
    expect(exitCodeOf(refused)).toBe(exit);
  });

  test.each<[name: string, text: string, message: string, exit: number]>([
    ['a value', 'run:\n  count: 0', '2:10: run.count: must be a whole number of at least 1, not 0', 2],
    [
      'a value whose option says more',
      'run: { broker: mqtts://b:0 }',
      '1:16: run.broker: the port of broker must be',
      2,
    ],
    ['two at odds', 'run: { ca-key: k }', '1:16: ca-key needs --ca-cert too', 2],
    ['a profile', 'run:\n  profile: nope', '2:12: there is no profile named "nope"', 104],
    ['an unknown setting', 'run:\n  cuont: 1', '2:3: run.cuont: unknown key; did you mean count?', 2],
    ['an unknown command', 'rnu: {}', '1:1: rnu: unknown key; did you mean run?', 2],
    ['a file inside the file', 'run: { config: x }', '1:8: run.config: unknown key', 2],
    ['a text for a flag', 'run:\n  json: yes', '2:9: run.json: expected true or false', 2],
    ['a text for a section', 'run: fast', '1:6: run: expected a map of settings', 2],
    ['two words as one', 'fleet create: {}', '1:1: fleet create: unknown key; did you mean fleet: { create: … }?', 2],
    ['a list for a text', 'run:\n  count: [1]', '2:10: run.count: expected text or a number', 2],
    ['another format', 'format: 2', '1:9: format: expected 1', 2],
    ['no map', '- run', '1:1: a settings file is a map of keys', 2],
    ['an alias', 'run: &a { count: 1 }\nfoo: *a', '2:6: aliases are not part of the settings file format', 2],
    ['no YAML', 'run: {', '1:7: ', 2],
  ])('%s in the file', async (_, text, message, exit) => {
    const config = settingsFile(text);
    const refused = await complaint(['--config', config]);
    expect(refused.message.startsWith(`${config}:${message}`), refused.message).toBe(true);
    expect(exitCodeOf(refused)).toBe(exit);
    expect(refused.hint).not.toBe('');
  });

  test('the line is not blamed on the environment', async () => {
    const refused = await complaint(['--count', '0'], { EMU_COUNT: '5' });
    expect(refused.message).toBe('--count must be a whole number of at least 1, not 0');
  });

  test('all mistakes of a file are told', async () => {
    const refused = await complaint(['--config', settingsFile('run:\n  a: 1\n  json: 2\n')]);
    expect(refused).toMatchObject({ code: 'EMU_E_CONFIG_INVALID', value: { length: 2 }, hint: /^1 more: / });
  });

  test('all of them, whatever kind and whichever command they are for, in the order of the file', async () => {
    const text = [
      'run:',
      '  rate: fast',
      '  count: [1]',
      '  cuont: 3',
      '  duration: 5',
      '  json: maybe',
      'board: { port: 99999, pace: slow }',
      'chip:',
      '  exec: { lock: all, variant: X }',
      '  config: { format: xml }',
      '  trace: { address: zz }',
      'fleet:',
      '  export: { for: mosqito, hostname: a b, port: .nan, segment: 2/2 }',
      '  create: { validity: 0 }',
      'boared: {}',
      '',
    ].join('\n');
    const config = settingsFile(text);
    const { code, value, message } = await complaint(['--config', config]);
    const places = (value as string[]).map((problem) =>
      problem.slice(config.length).split(': ').slice(0, 2).join(': '),
    );
    expect(code).toBe('EMU_E_CONFIG_INVALID');
    expect(message).toBe(`${config}:2:9: run.rate: must be a number above 0, not "fast"`);
    expect(places).toEqual([
      ...[':2:9: run.rate', ':3:10: run.count', ':4:3: run.cuont', ':5:13: run.duration', ':6:9: run.json'],
      ...[':7:16: board.port', ':7:29: board.pace', ':9:17: chip.exec.lock', ':9:31: chip.exec.variant'],
      ...[':10:21: chip.config.format', ':11:21: chip.trace.address', ':13:18: fleet.export.for'],
      ...[':13:37: fleet.export.hostname', ':13:48: fleet.export.port', ':13:63: fleet.export.segment'],
      ...[':14:23: fleet.create.validity', ':15:1: boared'],
    ]);
  });

  test('one alone comes with the advice on it', async () => {
    const refused = await complaint(['--config', settingsFile('run: { rate: fast }')]);
    expect(refused.hint).toBe('Write it like --rate 100.');
  });

  test.each(['', '# run:\n', 'run:\n', 'fleet:\n  create:\n'])('nothing in it is no mistake: %j', async (text) => {
    expect((await settings(['run', '--config', settingsFile(text)])).describe()).toEqual([]);
  });

  test('a file that is not there', async () => {
    const refused = await complaint(['--config', '/nowhere/emu.yaml']);
    expect(refused.code).toBe('EMU_E_CONFIG_FILE');
    expect(refused.message).toBe('cannot read the settings file /nowhere/emu.yaml: there is no such file');
    expect(exitCodeOf(refused)).toBe(2);
  });
});

describe('a variable that is no setting', () => {
  test.each([
    ['EMU_CUONT', 'EMU_COUNT'],
    ['EMU_CACERT', 'EMU_CA_CERT'],
    ['EMU_count', 'EMU_COUNT'],
    ['EMU_DEBUGG', 'EMU_DEBUG'],
  ])('%s is refused: it was meant to be %s', (name, meant) => {
    expect(() => unknownVariables({ [name]: '1' }, RUN, COMMANDS)).toThrow(
      `${name} is not a setting of emu; did you mean ${meant}?`,
    );
  });

  test('one that resembles none is told', () => {
    expect(unknownVariables({ EMU_XYZZY_HOME: '1', EMULATOR: '1', HOME: '/' }, RUN, COMMANDS)).toEqual([
      'warning: the environment variable EMU_XYZZY_HOME is not a setting of emu and has no effect',
    ]);
  });

  test('one that resembles a setting of another command only is told too', () => {
    expect(unknownVariables({ EMU_FOO: '1' }, RUN, COMMANDS)).toEqual([expect.stringContaining('EMU_FOO')]);
    expect(() => unknownVariables({ EMU_FOO: '1' }, FLEET_EXPORT, COMMANDS)).toThrow(/did you mean EMU_FOR\?/);
  });

  test('the known ones are fine', () => {
    const environment = { EMU_DEBUG: '1', EMU_COUNT: '1', EMU_CA_CERT: 'x', EMU_CONFIG: 'y', EMU_FOR: 'nats' };
    expect(unknownVariables(environment, RUN, COMMANDS)).toEqual([]);
  });
});

test('--verbose says where settings come from', async () => {
  const config = settingsFile('run:\n  rate: 5\n');
  const set = await settings(['run', '--config', config], { EMU_COUNT: '7' });
  expect(set.describe()).toEqual(['count 7 (EMU_COUNT)', `rate 5 (${config}:2:9)`]);
});

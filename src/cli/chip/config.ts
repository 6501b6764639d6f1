import { stringify } from 'yaml';
import { CONFIG_SIZE, type ConfigZone, decodeConfig, FINDINGS, lintConfig } from '../../../emulator/atecc608/index.ts';
import { compareConfigs, configDocument, configTable } from '../../chip/index.ts';
import type { TextOutput } from '../../report/index.ts';
import { type Arguments, positional, textOf } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { chipMemory } from './source.ts';
import { type Format, parseFormat } from './values.ts';

/** `emu chip config`. Resolves to the exit code. */
export async function chipConfig(args: Arguments, { stdout }: Io): Promise<number> {
  const source = positional(args, 'source', 'Write it like: emu chip config config.hex');
  const format = parseFormat(textOf(args, 'format') ?? 'table');
  const against = textOf(args, 'diff');
  if (args.lint === true && against !== undefined)
    throw usageError('--lint and --diff exclude each other', 'Run the command twice.');
  const bytes = (await chipMemory(source)).subarray(0, CONFIG_SIZE);
  const config = decodeConfig(bytes);
  if (args.lint === true) return lint(config, format, stdout);
  if (against !== undefined) return diff(config, decodeConfig(await chipMemory(against)), format, stdout);
  switch (format) {
    case 'hex':
      print(stdout, hexLines(bytes));
      break;
    case 'yaml':
      print(stdout, [stringify(configDocument(config)).trimEnd()]);
      break;
    case 'json':
      print(stdout, [JSON.stringify(configDocument(config), null, 2)]);
      break;
    case 'table':
      print(stdout, [...configTable(config), '', ...findingLines(config)]);
  }
  return EXIT.ok;
}

function lint(config: ConfigZone, format: Format, stdout: TextOutput): number {
  const findings = lintConfig(config).map((finding) => ({ ...finding, why: FINDINGS[finding.code][1] }));
  if (!printData('emu-chip-lint/1', { findings }, format, stdout)) print(stdout, findingLines(config, true));
  return findings.some(({ severity }) => severity === 'danger') ? EXIT.failed : EXIT.ok;
}

function diff(left: ConfigZone, right: ConfigZone, format: Format, stdout: TextOutput): number {
  const differences = compareConfigs(left, right);
  if (!printData('emu-chip-diff/1', { differences }, format, stdout)) {
    const lines = differences.map(({ field, left, right }) => `${field}: ${left} -> ${right}`);
    print(stdout, lines.length === 0 ? ['no difference'] : lines);
  }
  return differences.length === 0 ? EXIT.ok : EXIT.failed;
}

/** As JSON or YAML where that is the format. */
function printData(schema: string, data: object, format: Format, stdout: TextOutput): boolean {
  if (format === 'json') print(stdout, [JSON.stringify({ schema, ...data }, null, 2)]);
  else if (format === 'yaml') print(stdout, [stringify({ schema, ...data }).trimEnd()]);
  else return false;
  return true;
}

function findingLines(config: ConfigZone, explained = false): string[] {
  const findings = lintConfig(config);
  if (findings.length === 0) return ['nothing dangerous found'];
  return findings.flatMap(({ code, severity, slot, message }) => [
    `${severity.padEnd(7)}  ${code.padEnd(27)}  ${slot === undefined ? '' : `slot ${slot}: `}${message}`,
    ...(explained ? [`         ${FINDINGS[code][1]}`] : []),
  ]);
}

/** 16 bytes a line, as dumps of the zone are printed. */
function hexLines(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('hex').toUpperCase().match(/.{32}/g) ?? [];
  return lines.map((line) => (line.match(/../g) ?? []).join(' '));
}

function print(stdout: TextOutput, lines: readonly string[]): void {
  stdout.write(`${lines.join('\n')}\n`);
}

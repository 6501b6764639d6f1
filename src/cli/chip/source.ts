import { existsSync, readFileSync, statSync } from 'node:fs';
import { ZodError } from 'zod';
import { CONFIG_SIZE, MEMORY_SIZE, type VariantName } from '../../../emulator/atecc608/index.ts';
import { EmuError } from '../../../emulator/errors.ts';
import type { Rng } from '../../../emulator/rng/index.ts';
import { fileTrouble } from '../../base/index.ts';
import { configFromDocument } from '../../chip/index.ts';
import { freshPart, partSerialNumber } from '../../factory/index.ts';
import { inspectDevice } from '../../store/index.ts';
import { type DocumentKind, describeIssues, readDocument, type YamlDocument } from '../../yaml/index.ts';
import { quoted, usageError } from '../errors/index.ts';

/** A configuration without its first 16 bytes, which the factory writes: what configuration tools hold. */
const WRITABLE_SIZE = 112;
const WRITABLE_OFFSET = CONFIG_SIZE - WRITABLE_SIZE;

/** The serial number of a chip that was given none. */
const SERIAL_NUMBER = Uint8Array.of(0x01, 0x23, 0, 0, 0, 0, 0, 0, 0xee);

const FORMS =
  'Give hexadecimal digits, a file of them, a YAML or JSON file of this command, or DIR:DEVICE of a persistent fleet.';

const DOCUMENT: DocumentKind = {
  noun: 'chip configuration',
  unreadable: (message, _file, cause) => usageError(message, 'Check the path and who may read it.', cause),
  invalid: ([first = '', ...others]) =>
    usageError(first, others.length > 0 ? `${others.length} more: ${others.join('; ')}` : FORMS),
};

/**
 * The memory of the chip that `source` names: a device of a persistent fleet, or a generic part with this configuration.
 * @throws EmuError EMU_E_USAGE, EMU_E_FLEET_…
 */
export async function chipMemory(source: string): Promise<Uint8Array> {
  if (existsSync(source)) {
    if (statSync(source).isDirectory()) throw usageError(`${source} is a directory`, `Name its device: ${source}:0`);
    return fromFile(source);
  }
  const bytes = hexBytes(source);
  if (bytes !== undefined) return withConfig(bytes, 'the hexadecimal text');
  const colon = source.lastIndexOf(':');
  const [directory, device] = [source.slice(0, colon), source.slice(colon + 1)];
  if (colon > 0 && existsSync(directory)) return ofDevice(directory, device);
  throw new EmuError('EMU_E_USAGE', `${quoted(source)} is not a configuration of a chip`, {
    value: source,
    hint: FORMS,
  });
}

/** The memory of a part as it leaves the factory, by default a generic one; `rng` makes the keys that some have then. */
export function freshMemory(variant: VariantName = 'ATECC608A', rng?: Rng): Uint8Array {
  const serialNumber = partSerialNumber(variant, SERIAL_NUMBER);
  return freshPart({ serialNumber, variant, ...(rng && { rng }) });
}

async function ofDevice(directory: string, device: string): Promise<Uint8Array> {
  const view = await inspectDevice(directory, device);
  if (view !== undefined) return view.memory.slice();
  throw usageError(`no device of the fleet in ${directory} is ${quoted(device)}`, `See: emu fleet list ${directory}`);
}

function fromFile(file: string): Uint8Array {
  const bytes = hexBytes(readText(file));
  if (bytes !== undefined) return withConfig(bytes, file);
  const document = readDocument(file, DOCUMENT);
  return withConfig(parsed(document), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${file}: ${fileTrouble(cause)}`, 'Check the path and who may read it.', cause);
  }
}

function parsed(document: YamlDocument): Uint8Array {
  try {
    return configFromDocument(document.contents);
  } catch (error) {
    if (error instanceof ZodError) throw DOCUMENT.invalid(describeIssues(error.issues, [document]));
    if (error instanceof EmuError) throw usageError(`${document.file}: ${error.message}`, FORMS, error);
    throw error;
  }
}

/** Digits with white space between them, and comments from `#` to the end of a line. */
function hexBytes(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/#.*$/gm, '').replaceAll(/\s/g, '');
  return /^(?:[0-9a-f]{2})+$/i.test(digits) ? Uint8Array.from(Buffer.from(digits, 'hex')) : undefined;
}

function withConfig(bytes: Uint8Array, what: string): Uint8Array {
  if (bytes.length === MEMORY_SIZE) return bytes;
  const memory = freshMemory();
  if (bytes.length === CONFIG_SIZE) memory.set(bytes);
  else if (bytes.length === WRITABLE_SIZE) memory.set(bytes, WRITABLE_OFFSET);
  else {
    throw usageError(
      `${what} has ${bytes.length} bytes; a configuration has ${CONFIG_SIZE}`,
      `Or ${WRITABLE_SIZE}, without the first 16; or ${MEMORY_SIZE}, a whole memory: configuration, OTP, data.`,
    );
  }
  return memory;
}

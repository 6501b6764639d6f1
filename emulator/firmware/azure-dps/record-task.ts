import { EmuError } from '../../errors.ts';
import { readSerialNumber, readSlotBytes, writeSlotBytes } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import type { AzureDpsEvent, RecordField } from './events.ts';
import {
  HUB_NAME_LENGTH,
  padded,
  RECORD_SLOT,
  recordedHub,
  recordLength,
  SERIAL_NUMBER_LENGTH,
  sameText,
} from './record.ts';
import type { Station } from './station.ts';

/** The chip's serial number as the firmware writes it: 18 lower-case digits, which are the registration id too. */
function serialText({ atecc }: Station): string {
  return Array.from(readSerialNumber(atecc), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the SDK does with the chip when it creates its HSM: an initialisation and the serial number. */
export async function createHsm(station: Station): Promise<string> {
  const serialNumber = await onChip(station, () => {
    station.atecc.init();
    return serialText(station);
  });
  station.observe({ type: 'azure-dps.serialRead', serialNumber });
  return serialNumber;
}

/** The hub that the chip has a record of; undefined when it has none that counts. */
export function readRecord(station: Station, serialNumber: string): Promise<string | undefined> {
  const { record } = station.fleet.profile;
  return onChip(station, () => {
    const slot = readSlotBytes(station.atecc, RECORD_SLOT, 0, recordLength(record));
    return recordedHub(slot, record, serialNumber);
  });
}

/**
 * Writes hub and serial number, and reads each back. Resolves to whether both are the same then.
 *
 * Quirk: what the chip refuses is printed, and the firmware goes on to compare.
 */
export async function writeRecord(station: Station, hub: string): Promise<boolean> {
  const { atecc, observe } = station;
  const { events, areSame } = await onChip(station, () => {
    atecc.init();
    const hubName = writeField(station, 'hubName', padded(hub, HUB_NAME_LENGTH));
    const serialNumber = writeField(station, 'serialNumber', padded(serialText(station), SERIAL_NUMBER_LENGTH));
    return { events: [...hubName.events, ...serialNumber.events], areSame: hubName.same && serialNumber.same };
  });
  for (const event of events) observe(event);
  return areSame;
}

/** What happened to a field of the record, in its order. */
interface Written {
  readonly events: readonly AzureDpsEvent[];
  readonly same: boolean;
}

function writeField({ atecc, fleet }: Station, field: RecordField, bytes: Uint8Array): Written {
  const events: AzureDpsEvent[] = [];
  const offset = fleet.profile.record[field];
  const refused = (access: 'write' | 'read', status: number) =>
    events.push({ type: 'azure-dps.slotRefused', access, field, status });
  attempt(
    () => writeSlotBytes(atecc, RECORD_SLOT, offset, bytes),
    (status) => refused('write', status),
  );
  const stored = attempt(
    () => readSlotBytes(atecc, RECORD_SLOT, offset, bytes.length),
    (status) => refused('read', status),
  );
  const same = stored !== undefined && sameText(stored, bytes);
  events.push({ type: 'azure-dps.compared', field, same });
  return { events, same };
}

/** What the chip may refuse with a status. */
function attempt<T>(work: () => T, refused: (status: number) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EmuError) || error.code !== 'EMU_E_CHIP_STATUS') throw error;
    refused((error.value as { readonly status: number }).status);
    return undefined;
  }
}

/** What the task does with the chip after it waited for something else. */
function onChip<T>({ board }: Station, work: () => T): Promise<T> {
  board.secureElement.clock.resume();
  return settled(board.secureElement, work);
}

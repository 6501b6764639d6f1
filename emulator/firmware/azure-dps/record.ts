/** The slot of the record, open to read and write (SlotConfig 0x0F0F). */
export const RECORD_SLOT = 8;
/** With the NUL that ends it: a host name has 47 characters at most. */
export const HUB_NAME_LENGTH = 48;
/** 18 digits and two NULs. */
export const SERIAL_NUMBER_LENGTH = 20;

/** Where the slot has the parts of the record. */
export interface RecordPlaces {
  readonly serialNumber: number;
  readonly hubName: number;
}

const encoder = new TextEncoder();
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** Letters, digits and hyphens in labels (RFC 1123, 2.1). */
const HOST_NAME = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$/;

/** Whether a record of this hub would be believed, and would lead to it. */
export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}

/** A text as its field has it, padded with NULs. */
export function padded(text: string, length: number): Uint8Array {
  const field = new Uint8Array(length);
  field.set(encoder.encode(text));
  return field;
}

/** What C sees of a field: the characters before its first NUL. */
function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return latin1(end === -1 ? field : field.subarray(0, end));
}

/** Whether strcmp sees no difference. */
export function sameText(one: Uint8Array, other: Uint8Array): boolean {
  return textOf(one) === textOf(other);
}

/** The bytes of the slot that the record lies in, in `places`. */
export function recordLength({ serialNumber, hubName }: RecordPlaces): number {
  return Math.max(serialNumber + SERIAL_NUMBER_LENGTH, hubName + HUB_NAME_LENGTH);
}

/**
 * The hub of a device, from the beginning of its slot; undefined when there is no whole record. A chip that was personalised
 * has the serial number there already, and what is left of its certificate, and one that was reset in the middle has a part:
 * both fields count only to their last byte. In the places of the article the name lies over the common name of the
 * certificate, which is the serial number, so that a hub's name does not begin like it.
 */
export function recordedHub(slot: Uint8Array, places: RecordPlaces, serialNumber: string): string | undefined {
  const serialField = slot.subarray(places.serialNumber, places.serialNumber + SERIAL_NUMBER_LENGTH);
  if (latin1(serialField) !== latin1(padded(serialNumber, SERIAL_NUMBER_LENGTH))) return undefined;
  const hubField = slot.subarray(places.hubName, places.hubName + HUB_NAME_LENGTH);
  const name = textOf(hubField);
  const isWhole = name.length < HUB_NAME_LENGTH && hubField.subarray(name.length).every((byte) => byte === 0);
  return isWhole && isHostName(name) && !name.startsWith(serialNumber) ? name : undefined;
}

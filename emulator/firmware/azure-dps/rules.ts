import { z } from 'zod';
import { profileParts } from '../../device/index.ts';
import { HUB_NAME_LENGTH, RECORD_SLOT, SERIAL_NUMBER_LENGTH } from './record.ts';

/** Slot 8 has 416 bytes (data sheet, table 2-2). */
const SLOT_LENGTH = 416;
/** Of the CN of a device certificate, at the beginning of its slot. */
const COMMON_NAME_LENGTH = 18;

const { deviceKeySlot, ioProtectionSlot, spareKeySlots } = profileParts.chip.shape;
const { deviceCommonName, slots } = profileParts.certificates.shape;

const offset = z.number().int().min(0).max(SLOT_LENGTH).multipleOf(4, 'the chip is written in words of 4 bytes');

const settings = z.object({
  chip: z.object({ deviceKeySlot, ioProtectionSlot, spareKeySlots }),
  certificates: z.object({ deviceCommonName, slots }),
  record: z.object({ serialNumber: offset, hubName: offset }),
});

export const recordParts = { offset, settings };

/** The record has room in its slot, and is written over nothing else that the firmware reads. */
export function recordFits({ chip, certificates, record }: z.output<typeof settings>, context: z.RefinementCtx): void {
  const fields = { serialNumber: SERIAL_NUMBER_LENGTH, hubName: HUB_NAME_LENGTH };
  const refuse = (field: keyof typeof fields, message: string) =>
    context.addIssue({ code: 'custom', path: ['record', field], message });
  for (const field of ['serialNumber', 'hubName'] as const) {
    const end = record[field] + fields[field];
    if (end > SLOT_LENGTH)
      refuse(field, `its ${fields[field]} bytes end behind the ${SLOT_LENGTH} of slot ${RECORD_SLOT}`);
  }
  const apart =
    record.hubName + HUB_NAME_LENGTH <= record.serialNumber ||
    record.serialNumber + SERIAL_NUMBER_LENGTH <= record.hubName;
  if (!apart) refuse('hubName', `its ${HUB_NAME_LENGTH} bytes overlap those of serialNumber`);

  const { commonName, ...others } = certificates.slots;
  const readsName = certificates.deviceCommonName === 'slot8' && commonName === RECORD_SLOT;
  if (readsName && record.hubName < COMMON_NAME_LENGTH) {
    refuse('hubName', 'it would replace the common name, which the firmware reads there: deviceCommonName: template');
  }
  // At 0 the serial number is that name.
  if (readsName && record.serialNumber > 0 && record.serialNumber < COMMON_NAME_LENGTH) {
    refuse('serialNumber', 'it would replace a part of the common name, which the firmware reads there');
  }
  const used = [chip.deviceKeySlot, chip.ioProtectionSlot, ...chip.spareKeySlots, ...Object.values(others)];
  if (used.includes(RECORD_SLOT)) refuse('hubName', `slot ${RECORD_SLOT} has another use in this profile`);
}

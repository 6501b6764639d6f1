import { z } from 'zod';
import { certificates, chip } from './profile.ts';
import { rule } from './rule.ts';

const { deviceKeySlot, ioProtectionSlot, spareKeySlots } = chip.shape;
const { deviceCommonName, slots } = certificates.shape;

/** What of a profile says what its chip's slots are for. */
const slotSettings = z.object({
  chip: z.object({ deviceKeySlot, ioProtectionSlot, spareKeySlots }),
  certificates: z.object({ deviceCommonName, slots }),
});

type SlotSettings = z.output<typeof slotSettings>;

interface SlotUse {
  readonly path: [string, ...string[]];
  readonly slot: number;
}

/** A common name that is compiled in needs no slot. */
function usesOf({ chip, certificates }: SlotSettings): readonly SlotUse[] {
  const { commonName, ...others } = certificates.slots;
  const slots = certificates.deviceCommonName === 'slot8' ? { commonName, ...others } : others;
  return [
    { path: ['chip', 'deviceKeySlot'], slot: chip.deviceKeySlot },
    { path: ['chip', 'ioProtectionSlot'], slot: chip.ioProtectionSlot },
    ...chip.spareKeySlots.map((slot): SlotUse => ({ path: ['chip', 'spareKeySlots'], slot })),
    ...Object.entries(slots).map(([name, slot]): SlotUse => ({ path: ['certificates', 'slots', name], slot })),
  ];
}

/** Each slot has one use, because what is written for a second replaces the first. Both are named. */
export const slotsApart = rule(slotSettings, (settings, context) => {
  const uses = usesOf(settings);
  for (const use of uses) {
    const other = uses.find((candidate) => candidate !== use && candidate.slot === use.slot);
    if (other === undefined) continue;
    const message = `slot ${use.slot} is that of ${other.path.join('.')} too`;
    context.addIssue({ code: 'custom', path: use.path, message });
  }
});

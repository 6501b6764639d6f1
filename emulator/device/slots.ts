import type { z } from 'zod';
import type { CertificateSettings, ChipSettings } from './profile.ts';

/** What of a profile says what its chip's slots are for. */
export interface SlotSettings {
  readonly chip: ChipSettings;
  readonly certificates: CertificateSettings;
}

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

/** For `superRefine`: each slot has one use, because what is written for a second replaces the first. Both are named. */
export function requireSlotsApart(settings: SlotSettings, context: z.RefinementCtx): void {
  const uses = usesOf(settings);
  for (const use of uses) {
    const other = uses.find((candidate) => candidate !== use && candidate.slot === use.slot);
    if (other === undefined) continue;
    const message = `slot ${use.slot} is that of ${other.path.join('.')} too`;
    context.addIssue({ code: 'custom', path: use.path, message });
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MEMORY_SIZE } from '../../../emulator/atecc608/index.ts';
import { ChipStore } from '../../../src/store/chip-store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'emu-chip-store-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const serialNumber = Uint8Array.of(0x01, 0x23, 1, 2, 3, 4, 5, 6, 0xee);
const chip = {
  index: 0,
  serialNumber,
  macTail: Uint8Array.of(1, 2, 3),
  commonName: '',
  memory: new Uint8Array(MEMORY_SIZE),
};

test('close commits what still waits for others', async () => {
  const file = join(scratch, 'chips.mdb');
  const begun = ChipStore.create(file, { fleet: 'one', runs: 0 });
  begun.add([chip]);
  await begun.close();

  const store = ChipStore.open(file, 'one', 'write', 60_000);
  const memory = new Uint8Array(MEMORY_SIZE).fill(7);
  const committed = store.commit(serialNumber, memory);
  await store.close();
  const again = ChipStore.open(file, 'one', 'read');
  expect(again.device(0)?.memory).toEqual(memory);
  await again.close();
  await committed;
});

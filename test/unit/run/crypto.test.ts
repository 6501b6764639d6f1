import { expect, onTestFinished, test, vi } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import { emuRun } from '../../support/emu-in-process.ts';

test.each([
  ['noble', [true, false]],
  ['node', [false, true]],
])('--crypto %s: chips sign with it, and the broker takes their signatures', async (crypto, signed) => {
  const backEnds = [nobleCrypto, nodeCrypto].map((backEnd) => vi.spyOn(backEnd, 'signDigest'));
  onTestFinished(() => void vi.restoreAllMocks());
  const { code, summary } = await emuRun('--crypto', crypto, '--count', '2', '--duration', '3s');
  expect({ code, devices: summary.devices }).toMatchObject({ code: 0, devices: { connected: 2, failed: 0 } });
  expect(backEnds.map(({ mock }) => mock.calls.length > 0)).toEqual(signed);
});

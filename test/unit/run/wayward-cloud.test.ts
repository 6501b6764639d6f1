import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCa, type Identity } from '../../support/certificates.ts';
import { emuRun } from '../../support/emu-in-process.ts';
import {
  assigned,
  assigning,
  type DpsAnswer,
  startWaywardCloud,
  type WaywardCloudOptions,
} from '../../support/wayward-cloud.ts';

const HUB = 'hub.azure-devices.test';
/** One character more than the slot has room for with its NUL. */
const LONG = `${'h'.repeat(30)}.azure-devices.test`.slice(0, 48);

let directory: string;
let server: Identity;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emu-wayward-cloud-'));
  const root = await createCa({ commonName: 'servers' });
  writeFileSync(join(directory, 'servers.pem'), root.certificate);
  server = await root.issue({ commonName: 'dps', dnsNames: ['localhost', HUB], addresses: ['127.0.0.1'] });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Devices against a DPS of that kind. */
async function runAgainst(profile: string, options: Omit<WaywardCloudOptions, 'server'>, duration: string) {
  const cloud = await startWaywardCloud({ server, ...options });
  try {
    const broker = ['--broker', `mqtts://localhost:${cloud.port}`, '--ca', join(directory, 'servers.pem')];
    const hub = ['--resolve', `${HUB}:8883:127.0.0.1:${cloud.port}`];
    const fleet = ['--profile', profile, '--count', '3', '--rate', '50', '--duration', duration];
    return { ...(await emuRun(...broker, ...hub, ...fleet)), atHubs: cloud.atHubs };
  } finally {
    await cloud.stop();
  }
}

const state = (body: object): DpsAnswer => ({ status: 200, body: JSON.stringify(body) });

describe.each(['azure-dps', 'azure-dps-2026'])(
  'what a cloud does wrong ends no device of %s otherwise than by name',
  (profile) => {
    test.concurrent.each<[string, Omit<WaywardCloudOptions, 'server'>, string]>([
      ['an answer that is no JSON', { answer: () => ({ status: 200, body: '{"status":' }) }, 'dps.MALFORMED'],
      ['an answer without a body', { answer: () => ({ status: 200, body: '' }) }, 'dps.MALFORMED'],
      ['an unknown status', { answer: () => state({ operationId: '4.1', status: 'pondering' }) }, 'dps.UNKNOWN_STATUS'],
      ['assigned without a hub', { answer: ({ registrationId }) => assigned(registrationId, '') }, 'dps.NO_HUB'],
      [
        'a hub name of 48 characters',
        { answer: ({ registrationId }) => assigned(registrationId, LONG) },
        'dps.HUB_NAME_TOO_LONG',
      ],
      [
        '401',
        { answer: () => ({ status: 401, body: '{"errorCode":401002,"message":"Unauthorized"}' }) },
        'dps.STATUS_401',
      ],
      ['a disabled enrollment', { answer: () => state({ operationId: '4.1', status: 'disabled' }) }, 'dps.DISABLED'],
      ['CONNACK 5', { connack: 5, answer: () => undefined }, 'dps.CONNACK_5'],
      ['endless 202', { answer: () => assigning() }, 'dps.UNFINISHED_ASSIGNING'],
      [
        'endless 429',
        { answer: () => ({ status: 429, topicEnd: '&retry-after=1', body: '{"errorCode":429001}' }) },
        'dps.UNFINISHED_PUT_OFF',
      ],
      ['silence', { answer: () => undefined }, 'dps.UNFINISHED'],
    ])('%s', async (_, options, cause) => {
      const { code, summary, stderr } = await runAgainst(profile, options, '4s');
      expect(code, stderr).toBe(1);
      expect(summary.devices).toMatchObject({ arrived: 3, connected: 0, failed: 3 });
      expect(summary.causes.map(({ code, count }) => [code, count])).toEqual([[cause, 3]]);
      // It is said in words while it happens, or at the end.
      expect(stderr).toContain('3 of 3 devices never connected');
      expect(summary.provisioning).toMatchObject({ began: 3, registered: 0, skipped: 0 });
    });

    test('a DPS that puts devices off at first is survived', async () => {
      const { summary, atHubs, stderr } = await runAgainst(
        profile,
        {
          answer: ({ n, registrationId }) =>
            n < 2
              ? { status: 429, topicEnd: '&retry-after=1', body: '{"errorCode":429001}' }
              : assigned(registrationId, HUB),
        },
        '12s',
      );
      expect(summary.provisioning, stderr).toMatchObject({
        ...{ began: 3, registered: 3, assigned: { [HUB]: 3 } },
        ...{ answers: { 200: 3, 429: 6 }, retries: { 429: 6 } },
      });
      expect(summary.devices).toMatchObject({ connected: 3, failed: 0 });
      expect(new Set(atHubs).size).toBe(3);
    });
  },
);

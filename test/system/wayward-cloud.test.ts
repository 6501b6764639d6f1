import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCa, type Identity } from '../support/certificates.ts';
import { summarised } from '../support/emu.ts';
import { startEmu } from '../support/emu-in-process.ts';
import {
  assigned,
  assigning,
  type DpsAnswer,
  startWaywardCloud,
  type WaywardCloudOptions,
} from '../support/wayward-cloud.ts';

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

/** Devices against a DPS of that kind, until `isEnough` of what the run says and who came to a hub. */
async function runAgainst(
  profile: string,
  options: Omit<WaywardCloudOptions, 'server'>,
  count: number,
  isEnough: (stderr: string, atHubs: readonly string[]) => boolean,
) {
  const cloud = await startWaywardCloud({ server, ...options });
  try {
    const broker = ['--broker', `mqtts://localhost:${cloud.port}`, '--ca', join(directory, 'servers.pem')];
    const hub = ['--resolve', `${HUB}:8883:127.0.0.1:${cloud.port}`];
    const fleet = ['--profile', profile, '--count', String(count), '--duration', '10m'];
    const running = startEmu(['run', '--json', '--verbose', ...broker, ...hub, ...fleet]);
    await vi.waitFor(() => expect(isEnough(running.output.stderr, cloud.atHubs)).toBe(true), {
      timeout: 120_000,
      interval: 100,
    });
    running.signal('SIGINT');
    const ended = summarised(await running.ended);
    expect(ended.code, ended.stderr).toBe(105);
    return { ...ended, atHubs: cloud.atHubs };
  } finally {
    await cloud.stop();
  }
}

const state = (body: object): DpsAnswer => ({ status: 200, body: JSON.stringify({ operationId: '4.1', ...body }) });
const putOff: DpsAnswer = { status: 429, topicEnd: '&retry-after=1', body: '{"errorCode":429001}' };

/** What a DPS may do to a device, and what the summary calls it. */
const FAULTS: readonly (readonly [cause: string, connack: number, WaywardCloudOptions['answer']])[] = [
  ['dps.MALFORMED', 0, () => ({ status: 200, body: '{"status":' })],
  ['dps.MALFORMED', 0, () => ({ status: 200, body: '' })],
  ['dps.UNKNOWN_STATUS', 0, () => state({ status: 'pondering' })],
  ['dps.NO_HUB', 0, ({ registrationId }) => assigned(registrationId, '')],
  ['dps.HUB_NAME_TOO_LONG', 0, ({ registrationId }) => assigned(registrationId, LONG)],
  ['dps.STATUS_401', 0, () => ({ status: 401, body: '{"errorCode":401002,"message":"Unauthorized"}' })],
  ['dps.DISABLED', 0, () => state({ status: 'disabled' })],
  ['dps.CONNACK_5', 5, () => undefined],
  ['dps.UNFINISHED_ASSIGNING', 0, () => assigning()],
  ['dps.UNFINISHED_PUT_OFF', 0, () => putOff],
  ['dps.UNFINISHED', 0, () => undefined],
];

describe.concurrent.each(['azure-dps', 'azure-dps-2026'])('a cloud does wrong to %s', (profile) => {
  test('whatever it answers, each device ends with the cause of that, and no other', async () => {
    const devices = 2 * FAULTS.length;
    const ids: string[] = [];
    const faultOf = (id: string) => {
      if (!ids.includes(id)) ids.push(id);
      return FAULTS[ids.indexOf(id) % FAULTS.length] ?? ['', 0, () => undefined];
    };
    const cloud: Omit<WaywardCloudOptions, 'server'> = {
      connack: (id) => faultOf(id)[1],
      answer: (request) => faultOf(request.registrationId)[2](request),
    };
    const registering = 2 * FAULTS.filter(([cause]) => cause.startsWith('dps.UNFINISHED')).length;
    const polled = new Map<string, number>();
    const counting: typeof cloud = {
      ...cloud,
      answer(request) {
        polled.set(request.registrationId, request.n);
        return cloud.answer(request);
      },
    };
    // All others have failed, and of those that go on some were asked for again.
    const { summary } = await runAgainst(profile, counting, devices, (stderr) => {
      const failed = Number([...stderr.matchAll(/ failed +(\d+)/g)].at(-1)?.[1]);
      const asked = [...polled.values()].filter((n) => n > 0).length;
      return failed === devices - registering && asked >= 4;
    });
    expect(summary.devices).toMatchObject({ arrived: devices, connected: 0, failed: devices });
    expect(summary.provisioning).toMatchObject({ began: devices, registered: 0, skipped: 0 });
    const counts = new Map<string, number>();
    for (const [cause] of FAULTS) counts.set(cause, (counts.get(cause) ?? 0) + 2);
    expect(Object.fromEntries(summary.causes.map(({ code, count }) => [code, count]))).toEqual(
      Object.fromEntries(counts),
    );
    // Everyone's example says which device it was, in words.
    for (const { cause, example } of summary.causes)
      expect(`${cause} ${example}`).toMatch(/^provisioning: .* device \d+: /);
  });

  test('a DPS that puts devices off at first is survived', async () => {
    const answer: WaywardCloudOptions['answer'] = ({ n, registrationId }) =>
      n < 2 ? putOff : assigned(registrationId, HUB);
    // Each comes to try its hub, and again to publish.
    const { summary, atHubs, stderr } = await runAgainst(profile, { answer }, 3, (_, { length }) => length >= 6);
    expect(summary.provisioning, stderr).toMatchObject({
      ...{ began: 3, registered: 3, assigned: { [HUB]: 3 } },
      ...{ answers: { 200: 3, 429: 6 }, retries: { 429: 6 } },
    });
    expect(summary.devices).toMatchObject({ connected: 3, failed: 0 });
    expect(new Set(atHubs).size).toBe(3);
  });
});

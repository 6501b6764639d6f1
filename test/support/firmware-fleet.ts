import type { Profile } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { certificatePem, createCa, DeviceFactory } from '../../src/factory/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { createCa as createBrokerCa, type Identity } from './certificates.ts';
import { type Side, type SideSetUp, startFirmware, startTwin } from './firmware-sides.ts';

/** From one sample to the next: 1 s. When the first one comes, a quiet machine has long made a connection. */
const TELEMETRY = { settleMs: 700, periodMs: 300 };
/** The client's rhythm when it has no connection: 1 s, in steps, is announced, and 1.5 s pass, as 10 and 15 in the original. */
const RECONNECT = { waitMs: 1000, stepMs: 500 };
export const RECONNECT_GAP_MS = 1500;

/** A shipped profile whose times a test can wait for. */
export function quickProfile(name: 'esp32-mqtts' | 'azure-dps'): Profile {
  const { telemetry, mqtt, ...profile } = loadProfile(name);
  return {
    ...profile,
    telemetry: { ...telemetry, ...TELEMETRY },
    mqtt: { ...mqtt, networkTimeoutMs: 2000, reconnect: RECONNECT },
  } as Profile;
}

/** The profile with another time from the top of its loop to the sample. */
export function withSettling({ telemetry, ...profile }: Profile, settleMs: number): Profile {
  return { ...profile, telemetry: { ...telemetry, settleMs } } as Profile;
}

const START = { twin: startTwin, firmware: startFirmware } as const;

async function one<Result>(which: keyof typeof START, side: SideSetUp, until: (side: Side) => Promise<Result>) {
  const running = await START[which](side);
  try {
    const result = await until(running);
    const { chip, sensor, console } = running;
    return { chip: [...chip], sensor: [...sensor], console: [...console], result, memory: running.memory() };
  } finally {
    await running.stop();
  }
}

/** A device that is provisioned, and what twin and firmware of it find around them. */
export async function firmwareFleet(name: 'esp32-mqtts' | 'azure-dps', hosts: readonly string[]) {
  const rng = rootRng('firmware and twin');
  const profile = quickProfile(name);
  const ca = createCa({ rng, now: new Date(), names: profile.certificates });
  const factory = new DeviceFactory({ rng, ca, profile });
  const device = factory.provisionDevice(0);
  const serverCa = await createBrokerCa({ commonName: 'Server CA' });
  const server: Identity = await serverCa.issue({ commonName: 'server', dnsNames: hosts });
  const [host = ''] = hosts;
  const setUp = (port: number): SideSetUp => ({
    ...{ profile, definitions: factory.definitions, device, rng, trusted: serverCa.certificate },
    broker: { host, port },
    resolutions: [{ host, port, to: { host: '127.0.0.1', port } }],
  });
  return {
    ...{ rng, profile, ca, factory, device, server, serverCa, setUp },
    clientCas: ca.anchors.map(certificatePem).join(''),
    /** Runs the twin, then the firmware; `until` resolves when one has done enough, to what is to be compared. */
    async both<Result>(side: SideSetUp, until: (side: Side) => Promise<Result>) {
      return { twin: await one('twin', side, until), firmware: await one('firmware', side, until) };
    },
    one,
  };
}

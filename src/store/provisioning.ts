import { availableParallelism } from 'node:os';
import { type Child, errorFrom, startChild } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import type { FromProvisioner, ProvisioningOrder, ToProvisioner } from './provisioner.ts';

/** Devices that a process is given at a time, which become one commit. */
const BATCH = 32;

export interface ProvisioningOptions {
  readonly order: ProvisioningOrder;
  /** The devices to make, by number. */
  readonly numbers: readonly number[];
  /** Stores devices; their process provisions the next ones meanwhile. */
  readonly keep: (devices: readonly ProvisionedDevice[]) => void;
  /** Aborted: devices under way are finished and stored, and no more are begun. */
  readonly signal: AbortSignal;
  /** Processes; by default as many as there are cores. */
  readonly workers?: number | undefined;
}

/** Provisions devices on all cores. Rejects with the first failure of a process or of `keep`, when no process is left. */
export async function provisionOnAllCores(options: ProvisioningOptions): Promise<void> {
  const { order, numbers, keep, signal, workers = availableParallelism() } = options;
  let next = 0;
  let failed = false;
  const batch = () => {
    if (failed || signal.aborted) return [];
    const from = next;
    next = Math.min(numbers.length, from + BATCH);
    return numbers.slice(from, next);
  };
  const work = async () => {
    const child = startChild<ToProvisioner, FromProvisioner>('store/provisioner');
    try {
      child.send(order);
      let provisioned = devicesOf(child, batch());
      for (;;) {
        const devices = await provisioned;
        if (devices.length === 0) return;
        provisioned = devicesOf(child, batch());
        provisioned.catch(() => {}); // reported by the next turn's await, unless `keep` fails first
        keep(devices);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await child.stop();
    }
  };
  const processes = Math.min(workers, Math.ceil(numbers.length / BATCH));
  const ends = await Promise.allSettled(Array.from({ length: processes }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What the process makes of these numbers; nothing of none. */
async function devicesOf(
  child: Child<ToProvisioner, FromProvisioner>,
  numbers: readonly number[],
): Promise<readonly ProvisionedDevice[]> {
  if (numbers.length === 0) return [];
  child.send({ numbers });
  const answer = await child.next();
  if (answer === undefined) throw new Error(`a provisioning process ended: ${await child.gone}`);
  if ('failed' in answer) throw errorFrom(answer.failed);
  return answer.devices;
}

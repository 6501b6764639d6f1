import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ProvisionedDevice } from '../factory/index.ts';
import type { ProvisioningOrder } from './provisioner.ts';

/** Devices that a worker is given at a time, which become one commit. */
const BATCH = 32;
/** Node 20 cannot run TypeScript, so that a program run from the sources starts the built worker. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/src/store/provisioner.js' : './provisioner.js',
  import.meta.url,
);

export interface ProvisioningOptions {
  readonly order: ProvisioningOrder;
  /** The devices to make, by number. */
  readonly numbers: readonly number[];
  /** Keeps devices; their worker is at its next ones already. */
  readonly keep: (devices: readonly ProvisionedDevice[]) => void;
  /** Aborted: what is being made is finished and kept, and no more is begun. */
  readonly signal: AbortSignal;
  /** Threads; as many as there are cores unless told. */
  readonly threads?: number;
}

/** Makes devices on all cores. Rejects with the first failure of a worker or of `keep`, when no worker is left. */
export async function provisionOnAllCores({
  order,
  numbers,
  keep,
  signal,
  threads,
}: ProvisioningOptions): Promise<void> {
  let next = 0;
  let failed = false;
  const batch = () => {
    if (failed || signal.aborted) return [];
    const from = next;
    next = Math.min(numbers.length, from + BATCH);
    return numbers.slice(from, next);
  };
  const work = async () => {
    const worker = new Worker(WORKER, { workerData: order });
    try {
      let making = answerOf(worker, batch());
      for (;;) {
        const devices = await making;
        if (devices.length === 0) return;
        making = answerOf(worker, batch());
        making.catch(() => {}); // told by the next turn's await, unless `keep` fails first
        keep(devices);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await worker.terminate();
    }
  };
  const workers = Math.min(threads ?? availableParallelism(), Math.ceil(numbers.length / BATCH));
  const ends = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** What the worker makes of these numbers; nothing of none. */
function answerOf(worker: Worker, numbers: readonly number[]): Promise<readonly ProvisionedDevice[]> {
  if (numbers.length === 0) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      done();
    };
    const onMessage = (devices: readonly ProvisionedDevice[]) => settle(() => resolve(devices));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) => settle(() => reject(new Error(`a worker ended with code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(numbers);
  });
}

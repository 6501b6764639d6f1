import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `node --cpu-prof` writes; times in µs. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** From the sample before, or from the start. */
  readonly timeDeltas: readonly number[];
}

/** Self times in ms. */
export interface SelfTimes {
  readonly busyMs: number;
  readonly folders: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, number>;
}

/** Of the whole profile, or of its last `seconds` before the last one, in which the process ends. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, seconds?: number): SelfTimes {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const until = timeDeltas.reduce((sum, delta) => sum + delta, 0) - (seconds === undefined ? 0 : 1e6);
  const from = seconds === undefined ? 0 : until - seconds * 1e6;
  const folders = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyMs = 0;
  let at = 0;
  for (const [k, sample] of samples.entries()) {
    at += timeDeltas[k] ?? 0;
    const frame = frames.get(sample);
    if (frame === undefined || frame.functionName === '(idle)' || at < from || at > until) continue;
    // A sample stands for the time until the next.
    const ms = (timeDeltas[k + 1] ?? 0) / 1000;
    const { folder, name } = placeOf(frame);
    busyMs += ms;
    folders.set(folder, (folders.get(folder) ?? 0) + ms);
    functions.set(name, (functions.get(name) ?? 0) + ms);
  }
  return { busyMs, folders, functions };
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']) {
  if (url === '') return { folder: functionName.startsWith('(') ? functionName : '(native)', name: functionName };
  const path = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url;
  const name = `${functionName || '(anonymous)'}  ${path}:${lineNumber + 1}`;
  const [, modules] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return { folder: modules ?? path.replace(/^dist\//, '').replace(/\/[^/]*$/, ''), name };
}

import type { Surroundings } from '../surroundings.ts';
import type { Json } from './twin.ts';

/** What a device answered to a direct method. */
export interface MethodAnswer {
  readonly status: number;
  readonly payload: Json;
}

type Outcome = MethodAnswer | 'late' | 'malformed';

/** The direct methods of one hub that wait for their answers. */
export class PendingMethods {
  readonly #surroundings: Surroundings;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();
  #last = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Sends a request under a new id; resolves to the answer, or to `late` after `timeoutMs`. */
  invoke(deviceId: string, timeoutMs: number, send: (rid: string) => void): Promise<Outcome> {
    const rid = (++this.#last).toString(16);
    const key = keyOf(deviceId, rid);
    return new Promise((resolve) => {
      const cancel = this.#surroundings.clock.alarm(timeoutMs, () => this.#waiting.get(key)?.('late'));
      this.#waiting.set(key, (outcome) => {
        cancel();
        this.#waiting.delete(key);
        resolve(outcome);
      });
      send(rid);
    });
  }

  /** Takes a device's answer; one that nobody waits for is dropped. */
  answer(deviceId: string, rid: string, status: number, body: Uint8Array): void {
    this.#waiting.get(keyOf(deviceId, rid))?.(outcomeOf(status, Buffer.from(body).toString()));
  }
}

function keyOf(deviceId: string, rid: string): string {
  return `${deviceId}/${rid}`;
}

/** The body is JSON or empty. */
function outcomeOf(status: number, text: string): Outcome {
  if (text.trim() === '') return { status, payload: null };
  try {
    return { status, payload: JSON.parse(text) as Json };
  } catch {
    return 'malformed';
  }
}

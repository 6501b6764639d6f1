import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './certificates.ts';

const directory = join(import.meta.dirname, '../azure-sdk');

interface Package {
  readonly dependencies: Record<string, string>;
}

/**
 * Whether the package with Azure's SDK is installed, after saying which versions it has. Missing, it is said aloud how to get it;
 * in CI it is an error.
 */
export function requireAzureSdk(): boolean {
  const { dependencies } = readJson('package.json') as Package;
  const installed = Object.keys(dependencies).map((name) => {
    const path = `node_modules/${name}/package.json`;
    return existsSync(join(directory, path)) ? `${name} ${(readJson(path) as { version: string }).version}` : undefined;
  });
  if (installed.includes(undefined)) {
    const message = "Azure's SDK is NOT TESTED: install it with npm ci --ignore-scripts --prefix test/azure-sdk";
    if (process.env.CI) throw new Error(message);
    console.warn(message);
    return false;
  }
  console.log(`Azure's SDK: ${installed.join(', ')}`);
  return true;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(directory, path), 'utf8'));
}

/** What the SDK answered to an order that it could not carry out. */
export interface SdkFailure {
  readonly name: string;
  readonly message: string;
  /** The return code of a CONNACK. */
  readonly code?: number | string;
  /** The body of the DPS's answer. */
  readonly result?: { readonly errorCode?: number; readonly message?: string };
}

interface Answer {
  readonly number: number;
  readonly result?: unknown;
  readonly failure?: SdkFailure;
}

type Told = { readonly event: string } & Record<string, unknown>;

/** A device in a process of its own, which speaks through Azure's SDK: `test/azure-sdk/device.cjs`. */
export class SdkDevice {
  readonly #child: ChildProcess;
  readonly #answers = new EventEmitter();
  readonly #told: Told[] = [];
  readonly #gone: Promise<never>;
  #waiting: (() => void) | undefined;
  #orders = 0;

  /** `caFile` has the root of the DPS's certificate. */
  constructor(caFile: string) {
    this.#child = fork(join(directory, 'device.cjs'), { env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile } });
    this.#gone = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`the device's process ended with ${signal ?? code}`);
    });
    this.#gone.catch(() => undefined);
    this.#child.on('message', (message: Answer | Told) => {
      if ('event' in message) {
        this.#told.push(message);
        this.#waiting?.();
      } else {
        this.#answers.emit(String(message.number), message);
      }
    });
  }

  /** What the order resolves to in the SDK. */
  async order(order: string, details: object = {}): Promise<unknown> {
    const { result, failure } = await this.#ask(order, details);
    if (failure !== undefined) throw new Error(`the SDK failed to ${order}: ${JSON.stringify(failure)}`);
    return result;
  }

  /** What the SDK says of an order that must fail. */
  async failing(order: string, details: object = {}): Promise<SdkFailure> {
    const { result, failure } = await this.#ask(order, details);
    if (failure === undefined) throw new Error(`the SDK did not fail to ${order}: ${JSON.stringify(result)}`);
    return failure;
  }

  async #ask(order: string, details: object): Promise<Answer> {
    const number = ++this.#orders;
    const answered = once(this.#answers, String(number));
    this.#child.send({ number, order, ...details });
    return (await Promise.race([answered, this.#gone]))[0];
  }

  /** The next event of that name, which the SDK may have told already. */
  async told(event: string): Promise<Told> {
    for (;;) {
      const index = this.#told.findIndex((each) => each.event === event);
      if (index >= 0) return this.#told.splice(index, 1)[0] as Told;
      const more = new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      await Promise.race([more, this.#gone]);
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

/** The members of an identity by the names that the SDK has for them. */
export function sdkIdentity({ certificate, key }: Identity): { cert: string; key: string } {
  return { cert: certificate, key };
}

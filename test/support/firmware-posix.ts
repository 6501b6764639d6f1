import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Ca, Identity } from './certificates.ts';

const root = join(import.meta.dirname, '../..');

/** Whether the port for Linux can be built, after saying so; in CI it must be. */
export function canBuildPosix(): boolean {
  if (existsSync('/usr/include/mbedtls/ssl.h')) return true;
  const message = 'libmbedtls-dev is not installed: the POSIX port of the firmware is NOT TESTED';
  if (process.env.CI) throw new Error(message);
  console.warn(message);
  return false;
}

/** Runs the port's unit tests, with sanitizers. */
export function checkPosix(build: string): string {
  const parameters = [
    '-s',
    '-C',
    join(root, 'firmware/posix'),
    `BUILD=${build}`,
    'SANITIZE=address,undefined',
    'check',
  ];
  return execFileSync('make', parameters, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
}

/** Builds a target of firmware/posix in `build`, and returns the path of the program. */
export function buildPosix(target: string, build: string, ...variables: readonly string[]): string {
  const parameters = ['-s', '-C', join(root, 'firmware/posix'), `BUILD=${build}`, ...variables, target];
  execFileSync('make', parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  return join(build, target);
}

/** A TLS 1.2 server behind a wire that keeps what goes over it. */
export class TapedServer {
  readonly toServer: Buffer[] = [];
  readonly toClient: Buffer[] = [];
  readonly #tls: Server;
  readonly #wire: Server;
  readonly #sockets = new Set<Socket>();
  readonly #clients: (readonly [near: Socket, far: Socket])[] = [];

  constructor(options: TlsOptions, serve: (socket: TLSSocket) => void) {
    this.#tls = createTlsServer({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ...options }, serve);
    this.#tls.on('tlsClientError', () => {});
    this.#wire = createServer((near) => {
      const far = connect((this.#tls.address() as AddressInfo).port, '127.0.0.1');
      this.#clients.push([near, far]);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => [near, far].map((each) => each.destroy()));
      }
      near.on('data', (bytes: Buffer) => this.toServer.push(bytes)).pipe(far);
      far.on('data', (bytes: Buffer) => this.toClient.push(bytes)).pipe(near);
    });
  }

  async listen(): Promise<number> {
    for (const server of [this.#tls, this.#wire]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return (this.#wire.address() as AddressInfo).port;
  }

  /** Takes nothing from the clients for a while. */
  stall(ms: number): void {
    for (const [near, far] of this.#clients) {
      near.unpipe(far).pause();
      setTimeout(() => near.pipe(far), ms);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#wire.close();
    this.#tls.close();
  }
}

/** The program `tls-session` and what it needs: the port's TLS with keys in software. */
export class TlsSessionProgram {
  readonly files = mkdtempSync(join(tmpdir(), 'emu-posix-'));
  readonly #program: string;

  constructor(ca: Ca, device: Identity) {
    this.#program = buildPosix('tls-session', join(this.files, 'build'));
    writeFileSync(join(this.files, 'ca.pem'), ca.certificate);
    writeFileSync(join(this.files, 'device.der'), new X509Certificate(device.certificate).raw);
    writeFileSync(join(this.files, 'device.key'), device.key);
  }

  /** What it prints, a line for each call. */
  run(host: string, port: number, ...words: readonly string[]): Promise<string[]> {
    return this.#run({}, host, port, words);
  }

  /** The same with a chip that does not answer an operation. */
  runFailing(operation: 'generate' | 'agree' | 'sign', host: string, port: number): Promise<string[]> {
    return this.#run({ FAILS: operation }, host, port, []);
  }

  async #run(env: NodeJS.ProcessEnv, host: string, port: number, words: readonly string[]): Promise<string[]> {
    const [ca = '', der = '', key = ''] = ['ca.pem', 'device.der', 'device.key'].map((name) => join(this.files, name));
    const program = spawn(this.#program, [host, String(port), ca, der, key, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    const [said, [code]] = await Promise.all([text(program.stdout), once(program, 'close')]);
    if (code !== 0) throw new Error(`tls-session ended with ${code}: ${said}`);
    return said.trimEnd().split('\n');
  }

  remove(): void {
    rmSync(this.files, { recursive: true, force: true });
  }
}

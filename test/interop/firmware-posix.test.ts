import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { profileSource } from '../../src/firmware-headers/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { serveBoard } from '../support/board.ts';
import { emu, program as emuProgram } from '../support/emu.ts';
import { startExported } from '../support/exported-broker.ts';
import { buildPosix, canBuildPosix } from '../support/firmware-posix.ts';
import { freePort } from '../support/free-port.ts';
import { requireProgram } from '../support/interop.ts';

const possible = canBuildPosix();
const mosquitto = requireProgram('mosquitto', ['-h']);
const PATIENCE = { timeout: 60_000, interval: 20 };

let files: string;
const programs: Record<string, string> = {};

beforeAll(() => {
  if (!possible) return;
  files = mkdtempSync(join(tmpdir(), 'emu-firmware-'));
  for (const name of ['esp32-mqtts', 'azure-dps']) {
    const tables = join(files, `${name}.c`);
    writeFileSync(tables, profileSource(loadProfile(name), { intervalMs: 1000 }));
    const parameters = [`PROFILE=${tables}`, 'CFLAGS=-O0', 'SANITIZE=address,undefined'];
    programs[name] = buildPosix('emu-firmware', join(files, name), ...parameters);
  }
}, 240_000);
afterAll(() => possible && rmSync(files, { recursive: true, force: true }));

const firmware = (name = 'esp32-mqtts') => programs[name] ?? '';

/** A process whose output is kept. */
function start(path: string, words: readonly string[]) {
  const child: ChildProcess = spawn(path, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  const says = (what: RegExp) => vi.waitFor(() => expect(output.stdout).toMatch(what), PATIENCE);
  return { child, output, ended, says };
}

describe.skipIf(!possible)('the firmware on Linux, with sanitizers', () => {
  describe('a mistake on its command line ends it with 2 and a reason', () => {
    const fit = '--i2c tcp:127.0.0.1:9 --broker b --ca f';
    test.each([
      ['', /--i2c is missing/],
      ['--i2c tcp:127.0.0.1:9', /--broker is missing/],
      ['--i2c tcp:127.0.0.1:9 --broker b', /--ca is missing/],
      [fit, /--common-name is missing: profile esp32-mqtts has it compiled in/],
      [`${fit} --common-name short`, /--common-name must have 18 characters, not short/],
      ['--broker localhost:', /--broker must look like HOST:PORT, not localhost:/],
      ['--broker localhost:0', /--broker must look like/],
      ['--broker localhost:65536', /--broker must look like/],
      ['--broker localhost:1x', /--broker must look like/],
      ['--broker [::1', /--broker must look like/],
      ['--broker :8883', /--broker must look like/],
      ['--mac-tail b4E6A', /--mac-tail must be six digits like b4E6A1, not b4E6A/],
      ['--mac-tail b4E6A1f', /--mac-tail must/],
      ['--mac-tail b4E6xx', /--mac-tail must/],
      ['--mac-tail 0xE6A1', /--mac-tail must/],
      ['--resolve a:1', /--resolve must look like HOST:PORT:ADDRESS\[:PORT\], not a:1/],
      ['--resolve a:1:[::1:5', /--resolve must look like/],
      ['--resolve a:b:c', /--resolve must look like/],
      ['--broker', /option '--broker' requires an argument/],
      ['--brokerage b', /unrecognized option '--brokerage'/],
      [`${fit} more`, /unexpected more/],
    ])('%s', (line, reason) => {
      const words = line.split(' ').filter((word) => word !== '');
      const { status, stderr } = spawnSync(firmware(), words, { encoding: 'utf8', env: {} });
      expect(stderr).toMatch(reason);
      expect(status).toBe(2);
    });

    test('a common name for a firmware that reads it', () => {
      const words = `${fit} --common-name 0123a1b2c3d4e5f6ee`.split(' ');
      const { status, stderr } = spawnSync(firmware('azure-dps'), words, { encoding: 'utf8' });
      expect(stderr).toMatch(/--common-name: the firmware of profile azure-dps reads it from the chip/);
      expect(status).toBe(2);
    });

    test('a CA file that is none', async () => {
      const served = await serveBoard();
      try {
        const words = ['--i2c', `tcp:127.0.0.1:${served.ports.i2c}`, '--broker', 'b', '--ca', firmware()];
        const ended = await start(firmware('azure-dps'), words).ended;
        expect(ended.stderr).toMatch(/emu-firmware: .*emu-firmware: /);
        expect(ended.code).toBe(2);
      } finally {
        await served.close();
      }
    });
  });

  test('--help is what docs/firmware.md lists', () => {
    const { status, stdout } = spawnSync(firmware(), ['--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const page = readFileSync(join(import.meta.dirname, '../../docs/firmware.md'), 'utf8');
    const options = (text: string, pattern: RegExp) => [
      ...new Set([...text.matchAll(pattern)].map(([, name]) => name)),
    ];
    const listed = options(page, /^\| `(--[a-z0-9-]+)/gm);
    expect(options(stdout, /^ {2}(--[a-z0-9-]+)/gm).toSorted()).toEqual([...listed, '--help'].toSorted());
  });

  describe('its wires', () => {
    // BME280 data sheet 5.4.1: register D0 is 60; 6.2: the address is 76. ATECC608A data sheet 6.6: what says that it is awake.
    const words = 'W 76 88 S 76 d0 R 76 1 W 0 - D 1500 R 60 4 W 50 00 R 50 1'.split(' ');
    const said = ['ack', 'ack', 'ack 60', 'nack', 'ack 04113343', 'nack', 'nack'];

    test('over TCP: a STOP where one belongs', async () => {
      const program = buildPosix('i2c-session', join(files, 'i2c'));
      const served = await serveBoard();
      const control = await served.control();
      await control.request({ command: 'transcript', on: true });
      const ended = await start(program, [`tcp:127.0.0.1:${served.ports.i2c}`, ...words]).ended;
      expect({ ...ended, stdout: ended.stdout.trimEnd().split('\n') }).toMatchObject({ code: 0, stdout: said });
      const transcript: unknown[] = [];
      for (let i = 0; i < 7; i++) transcript.push((await control.json()).transcript);
      // A + stands for a transfer without STOP.
      expect(transcript.map((line) => String(line).split(' ; ')[0])).toEqual([
        'W 76 88',
        'W 76 D0 +',
        'R 76 60',
        'W 00 NACK',
        'R 60 04 11 33 43',
        'W 50 NACK',
        'R 50 NACK',
      ]);
      await served.close();
    });

    test('over /dev/i2c-0: a write and the read behind it are one transfer', async () => {
      const program = buildPosix('i2c-session', join(files, 'i2c'));
      const ended = await start(process.execPath, [
        ...[emuProgram, 'board', '--exec', '--', program, '/dev/i2c-0'],
        ...words,
      ]).ended;
      expect(ended.stdout.trimEnd().split('\n')).toEqual(said);
      expect(ended.code).toBe(0);
    });
  });

  test('without a board it ends with 1', async () => {
    const words = ['--provision', '--i2c', `tcp:127.0.0.1:${await freePort()}`];
    const { status, stderr } = spawnSync(firmware(), words, { encoding: 'utf8' });
    expect(stderr).toMatch(/no I2C at tcp:127\.0\.0\.1:\d+: Connection refused/);
    expect(status).toBe(1);
  });

  describe('as the firmware of a factory', () => {
    test('answers letters, and ends with its input', async () => {
      const served = await serveBoard();
      const { child, ended, says } = start(firmware(), ['--provision', '--i2c', `tcp:127.0.0.1:${served.ports.i2c}`]);
      child.stdin?.write('r');
      await says(/^Ready\.\n$/);
      child.stdin?.write('s');
      await says(/^Ready\.\n[0-9a-f]{18}$/);
      child.stdin?.end();
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      await served.close();
    });

    test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 0', async (signal) => {
      const served = await serveBoard();
      const { child, ended, says } = start(firmware(), ['--provision', '--i2c', `tcp:127.0.0.1:${served.ports.i2c}`]);
      child.stdin?.write('r');
      await says(/Ready/);
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, signal: null });
      await served.close();
    });

    test('a board that is gone ends it with 1', async () => {
      const served = await serveBoard();
      const { child, ended, says } = start(firmware(), ['--provision', '--i2c', `tcp:127.0.0.1:${served.ports.i2c}`]);
      child.stdin?.write('r');
      await says(/Ready/);
      await served.close();
      child.stdin?.write('s');
      expect(await ended).toMatchObject({ code: 1, stderr: 'emu-firmware: the board has hung up\n' });
    });
  });

  describe.skipIf(mosquitto === undefined)('against mosquitto', () => {
    let fleet: string;
    let device: { serialNumber: string; clientId: string };
    let broker: Awaited<ReturnType<typeof startExported>>;

    beforeAll(async () => {
      fleet = join(files, 'fleet');
      const certificates = join(files, 'certificates');
      await emu('fleet', 'create', '--count', '1', '--out', fleet);
      await emu('fleet', 'export', fleet, '--certificates', '--out', certificates);
      device = JSON.parse((await emu('fleet', 'list', fleet, '--json')).stdout).devices[0];
      broker = await startExported('mosquitto', readFileSync(join(certificates, 'root.pem'), 'utf8'));
    });
    afterAll(() => broker?.stop());

    const TELEMETRY = /DATA=\{"Temparature": "[\d.]+" , "Pressure": "[\d.]+" , "Humidity": "[\d.]+"\}\n/;

    /** The program with its own options, behind `emu board --exec`. */
    function onBoard(...more: readonly string[]) {
      const ca = broker.route.at(-1) ?? '';
      const own = ['--broker', `localhost:${broker.port}`, '--ca', ca, '--mac-tail', device.clientId.slice(-6)];
      const words = ['board', '--fleet', fleet, '--exec', '--', firmware(), ...own, ...more];
      return start(process.execPath, [emuProgram, ...words, '--common-name', device.serialNumber]);
    }

    test.each([
      ['over TCP, from the environment', []],
      ['over /dev/i2c-0', ['--i2c', '/dev/i2c-0']],
    ])('publishes what it measures %s', async (_, more) => {
      const running = onBoard(...more);
      await running.says(TELEMETRY);
      running.child.kill('SIGTERM');
      const { stdout, stderr } = await running.ended;
      expect(stderr).not.toMatch(/hung up|no I2C/);
      expect(stdout).toMatch(/Serial Number:\n([0-9a-f]{2} ){9}\n/);
      expect(broker.log()).toContain(`as ${device.clientId} (p2, c1, k120, u'${device.serialNumber}')`);
    });
  });
});

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex, packet, seedChip, toHex } from '../../support/atecc608.ts';
import { joined } from '../../support/atecc608-messages.ts';
import { emu, startEmu } from '../../support/emu-in-process.ts';
import { rebuildTrustAndGo } from '../../support/trust-and-go-host.ts';

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-chip-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const blocksOf = (slot: number, count: number) =>
  Array.from({ length: count }, (_, block) => `Read 82 ${((block << 8) | (slot << 3)).toString(16)}`);

describe.concurrent('emu chip exec', () => {
  test('several commands share a chip, of this configuration and with these locks', async () => {
    const config = toHex(seedChip({ lock: 'none' }).chip.memory.subarray(0, 128));
    const line = `GenKey 04 0; Nonce 43 0 ${'AB'.repeat(32)}; Sign A0 0`;
    const { stdout } = await emu('chip', 'exec', line, '--chip', config, '--lock', 'both', '--seed', 'x', '--json');
    const { exchanges } = JSON.parse(stdout);
    expect(exchanges.map(({ reply }: { reply: string }) => reply)).toEqual([
      '64 bytes',
      'status 00 Success',
      '64 bytes',
    ]);
    expect(exchanges[1].sent).toBe(toHex(packet(0x16, 0x43, 0, new Uint8Array(32).fill(0xab))));
    const again = await emu('chip', 'exec', line, '--chip', config, '--lock', 'both', '--seed', 'x', '--json');
    expect(again.stdout).toBe(stdout);
  });

  test('of a fresh part, for a person to read', async () => {
    const { stdout } = await emu('chip', 'exec', 'Info');
    expect(stdout).toBe('> Info p1=00 p2=0000\n  07 30 00 00 00 03 5D\n< 4 bytes\n  07 00 00 60 02 80 38\n');
  });

  test('says that a chip that was handed over is a copy', async () => {
    const config = toHex(seedChip().chip.memory.subarray(0, 128));
    const said = async (...more: string[]) => (await emu('chip', 'exec', 'Info', ...more)).stderr;
    expect(await said('--chip', config)).toBe('emu: the chip was a copy: the changes are not stored\n');
    expect([await said('--chip', config, '--quiet'), await said('--chip', config, '--json'), await said()]).toEqual([
      '',
      '',
      '',
    ]);
  });

  test('of another kind of part', async () => {
    const { stdout } = await emu('chip', 'exec', 'Info; GenKey 0 0', '--variant', 'ATECC608A-TNGTLS', '--seed', 'x');
    expect(stdout.match(/^< .*/gm)).toEqual(['< 4 bytes', '< 64 bytes']);
  });

  test('a TNGTLS part has its certificates, under the root that emu chip root prints', async () => {
    const reads = [
      'Read 80 0',
      'GenKey 0 0',
      ...blocksOf(5, 2),
      ...blocksOf(10, 3),
      ...blocksOf(11, 3),
      ...blocksOf(12, 3),
    ];
    const variant = ['--variant', 'ATECC608A-TNGTLS', '--json'];
    const { exchanges } = JSON.parse((await emu('chip', 'exec', reads.join('; '), ...variant)).stdout);
    const [config, publicKey, ...blocks] = exchanges.map(({ received }: { received: string }) =>
      hex(received).slice(1, -2),
    );
    const { stdout, code } = await emu('chip', 'root');
    expect(code).toBe(0);
    const root = new X509Certificate(stdout);
    const slots = {
      serialNumber: Uint8Array.of(...config.subarray(0, 4), ...config.subarray(8, 13)),
      publicKey,
      macAddress: joined(...blocks.slice(0, 2)).subarray(0, 36),
      device: joined(...blocks.slice(2, 5)).subarray(0, 72),
      signerPublicKey: joined(...blocks.slice(5, 8)).subarray(0, 72),
      signer: joined(...blocks.slice(8)).subarray(0, 72),
    };
    const rootKey = root.publicKey.export({ type: 'spki', format: 'der' }).subarray(-64);
    const chain = rebuildTrustAndGo(slots, rootKey);
    const signer = new X509Certificate(chain.signer);
    expect(signer.verify(root.publicKey)).toBe(true);
    expect(new X509Certificate(chain.device).verify(signer.publicKey)).toBe(true);
    expect(new X509Certificate(chain.device).subject).toContain('CN=sn012300000000000001');
    expect((await emu('chip', 'root')).stdout).toBe(stdout);
  });

  test('of nothing between two ; nothing is made', async () => {
    const { code, stdout } = await emu('chip', 'exec', 'Info; ; Info;');
    expect([code, stdout.match(/^> .*/gm)]).toEqual([0, ['> Info p1=00 p2=0000', '> Info p1=00 p2=0000']]);
  });

  test('says where a chip that is none was set', async () => {
    const { ended } = startEmu(['chip', 'exec', 'Info'], { environment: { EMU_CHIP: '60,35' } });
    expect((await ended).stderr).toMatch(/^emu: EMU_CHIP: "60,35" is not a configuration of a chip\n/);
  });

  test.each([
    [
      'GenKey 04 0',
      [],
      'the configuration zone is not locked, and until it is the chip refuses a lot: try --lock config',
    ],
    [
      'Read 82 8',
      ['--lock', 'config'],
      'the data zone is not locked, and until it is the chip refuses a lot: try --lock both',
    ],
  ])('a refused %s on a chip with locks %j says which lock is missing', async (command, lock, hint) => {
    const said = async (...more: string[]) => (await emu('chip', 'exec', command, ...lock, ...more)).stderr;
    expect(await said()).toBe(`emu: ${hint}\n`);
    expect([await said('--json'), await said('--quiet')]).toEqual(['', '']);
  });

  test.each([
    ['Info', []],
    ['GenKey 04 0', ['--lock', 'config']],
    ['GenKey 07 0', ['--lock', 'both']],
  ])('a %s on a chip with locks %j says nothing of locks', async (command, lock) => {
    expect((await emu('chip', 'exec', command, ...lock)).stderr).toBe('');
  });

  test('says what is no command', async () => {
    const { code, stderr } = await emu('chip', 'exec', 'Frobnicate');
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'emu: Frobnicate is neither a command of the chip nor a packet in hexadecimal',
    ]);
  });
});

describe.concurrent('emu chip trace', () => {
  const trace = [
    '# ms since power-up',
    'i2c1 0.000 W 00 NACK',
    'i2c1 10.125 R 60 04 11 33 43 ; awake',
    'i2c1 10.500 W 60 03 07 30 00 00 00 03 5D ; Info p1=00 p2=0000',
    'i2c1 11.000 R 60 NACK',
    'i2c1 12.000 R 60 07 +',
    'i2c1 12.100 R 60 00 00 60 02 80 38',
    'i2c1 12.500 W 60 02 ; idle',
    'i2c0 13.000 W 76 D0 + ; -> id',
    'i2c1 20.000 W 60 03 07 1B 00 00 00 24 CD',
    'i2c1 43.000 R 60 04 0F 23 42',
    '',
  ].join('\n');

  test('shows each command with its answer, however it was read', async () => {
    writeFileSync(at('a.txt'), trace);
    const { code, stdout } = await emu('chip', 'trace', at('a.txt'));
    expect([code, stdout]).toEqual([
      0,
      '    10.500  Info p1=00 p2=0000              4 bytes\n' +
        '    20.000  Random p1=00 p2=0000            status 0F ExecutionError\n',
    ]);
  });

  test('compares what was asked and answered, and with --bytes the bytes', async () => {
    writeFileSync(at('b.txt'), trace);
    writeFileSync(at('c.txt'), trace.replace('00 00 60 02 80 38', '00 00 60 03 85 B8'));
    writeFileSync(at('d.txt'), trace.replace('W 60 03 07 1B 00 00', 'W 60 03 07 1B 01 00'));
    const same = await emu('chip', 'trace', at('b.txt'), '--compare', at('c.txt'));
    expect([same.code, same.stdout]).toEqual([0, 'no difference in 2 commands\n']);
    const bytes = await emu('chip', 'trace', at('b.txt'), '--compare', at('c.txt'), '--bytes', '--json');
    expect([bytes.code, JSON.parse(bytes.stdout)]).toMatchObject([1, { same: false, before: 0, behind: 1 }]);
    const shown = await emu('chip', 'trace', at('b.txt'), '--compare', at('c.txt'), '--bytes');
    expect(shown.stdout.split('\n').slice(0, 6)).toEqual([
      '-     10.500  Info p1=00 p2=0000              4 bytes',
      '-             > 0730000000035D',
      '-             < 07000060028038',
      '+     10.500  Info p1=00 p2=0000              4 bytes',
      '+             > 0730000000035D',
      '+             < 070000600385B8',
    ]);
    const { code, stdout } = await emu('chip', 'trace', at('b.txt'), '--compare', at('d.txt'));
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.slice(0, 35))).toEqual([
      '      10.500  Info p1=00 p2=0000   ',
      '-     20.000  Random p1=00 p2=0000 ',
      '+     20.000  Random p1=01 p2=0000 ',
      'the same: 1 commands before, 0 behi',
      '',
    ]);
  });

  test('says when nothing in it went to the chip, alone or compared', async () => {
    writeFileSync(at('other.txt'), trace);
    for (const more of [[], ['--compare', at('other.txt')]]) {
      const { code, stdout, stderr } = await emu('chip', 'trace', at('other.txt'), ...more, '--address', '35');
      expect([code, stdout, stderr.split('\n')[0]]).toEqual([
        ...[2, ''],
        `emu: ${at('other.txt')} has no commands to a chip at 35`,
      ]);
    }
    expect((await emu('chip', 'trace', '/dev/null')).code).toBe(2);
  });

  test('says which line is none', async () => {
    writeFileSync(at('wrong.txt'), 'W 60 02\nhello\n');
    const { code, stderr } = await emu('chip', 'trace', at('wrong.txt'));
    expect([code, stderr.split('\n')[0]]).toEqual([2, `emu: ${at('wrong.txt')}: line 2 is not a bus transfer`]);
  });
});

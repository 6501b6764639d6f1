import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { slotOffset } from '../../emulator/atecc608/index.ts';
import { definitionFrom, loadCredentials } from '../../emulator/host-library/index.ts';
import { requireProgram, requirePythonModule } from '../support/interop.ts';
import { LineClient } from '../support/line-client.ts';
import { startBoard } from '../support/running-board.ts';
import { Bench, LAYOUT } from '../unit/factory/fleet.ts';

const run = promisify(execFile);

const gcc = requireProgram('gcc', ['--version']);
const openssl = requireProgram('openssl', ['version']);
const python = requirePythonModule('serial', 'python3-serial');

const directory = mkdtempSync(join(tmpdir(), 'twinfleet-factory-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SUCCESS = [
  '',
  'provisioning start',
  'Writing Root Public Key',
  'device sn provisioning complete.',
  'Writing Signer Certificate',
  'Writing Device Certificate',
  'Reading Signer Certificate',
  'Comparing Signer Certificate',
  'Reading Device Certificate',
  'Comparing Device Certificate',
  '',
  'Device Provisioning Successful!',
];

const file = (name: string) => readFileSync(join(directory, name), 'utf8');
const certificate = (name: string) => new X509Certificate(file(name)).raw;

/** X||Y of its key, and R||S of its signature. */
function keyAndSignature(der: Buffer): { key: Buffer; signature: Buffer } {
  // A BIT STRING of 65 bytes and no unused bits is an uncompressed point (RFC 5480 2.2).
  const point = der.indexOf(Buffer.from('03420004', 'hex')) + 4;
  // Behind 30 82 LL LL, tbsCertificate with a header of the same form, and 12 bytes of algorithm, there is the BIT STRING of
  // SEQUENCE { INTEGER r, INTEGER s } (RFC 5280 4.1, RFC 3279 2.2.3).
  const integers = 8 + der.readUInt16BE(6) + 12 + 3 + 2;
  const [r, behind] = integerAt(der, integers);
  const [s] = integerAt(der, behind);
  return { key: der.subarray(point, point + 64), signature: Buffer.concat([r, s]) };
}

/** Its 32 bytes, and where it ends. */
function integerAt(der: Buffer, at: number): [Buffer, number] {
  const end = at + 2 + (der[at + 1] ?? 0);
  return [Buffer.concat([Buffer.alloc(32), der.subarray(at + 2, end)]).subarray(-32), end];
}

/** 4 zeros, X, 4 zeros, Y. */
function padded(key: Buffer): string {
  const zeros = '00000000';
  return zeros + key.subarray(0, 32).toString('hex') + zeros + key.subarray(32).toString('hex');
}

/** 5 bits of the year since 2000, 4 month, 5 day, 5 hour, 5 years of validity, where those are not more than 31. */
function encodedDates(der: Buffer): string {
  const { validFrom, validTo } = new X509Certificate(der);
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  const fields: [number, number][] = [
    [from.getUTCFullYear() - 2000, 5],
    [from.getUTCMonth() + 1, 4],
    [from.getUTCDate(), 5],
    [from.getUTCHours(), 5],
    [years > 31 ? 0 : years, 5],
  ];
  const bits = fields.map(([value, width]) => value.toString(2).padStart(width, '0')).join('');
  return Number.parseInt(bits, 2).toString(16).padStart(6, '0');
}

describe.skipIf(gcc === undefined || openssl === undefined || python === undefined)('the host of a factory', () => {
  let template: Buffer | undefined;

  it.each(['pty', 'tcp'])('provisions a device over %s, with certificates of OpenSSL', async (kind) => {
    const board = await startBoard('--uart', kind);
    const [{ uart, ports, chips } = { uart: undefined, ports: undefined, chips: [] }] = board.boards;
    const serial = chips[0]?.serial ?? '';
    const port = uart?.pty ?? `socket://127.0.0.1:${uart?.port}`;
    const script = join(import.meta.dirname, '../support/factory.py');
    const { stdout } = await run(python ?? '', [script, port, directory]);
    expect(stdout.trimEnd().split('\n')).toEqual([...SUCCESS, serial]);
    const chain = ['-CAfile', 'root-ca.crt', '-untrusted', 'signer-ca.crt', `${serial}-device.crt`];
    await run(openssl ?? '', ['verify', ...chain], { cwd: directory });

    const control = await LineClient.connect(ports?.control ?? 0);
    const { snapshot } = await control.request({ command: 'snapshot' });
    control.close();
    await board.stop();
    const memory = Buffer.from(String(snapshot), 'hex');
    const slot = (number: number, start: number, end: number) =>
      memory.subarray(slotOffset(number) + start, slotOffset(number) + end).toString('hex');

    const [signer, device] = [certificate('signer-ca.crt'), certificate(`${serial}-device.crt`)];
    const rootKey = Buffer.from(file('root-pub.pem').split('\n').slice(1, -2).join(''), 'base64').subarray(-64);
    const [signerParts, deviceParts] = [keyAndSignature(signer), keyAndSignature(device)];
    const signerCompressed = `${signerParts.signature.toString('hex')}${encodedDates(signer)}0000100000`;
    const deviceCompressed = `${deviceParts.signature.toString('hex')}${encodedDates(device)}000020a000`;

    expect(slot(15, 0, 72)).toBe(padded(rootKey));
    expect(slot(11, 0, 72)).toBe(padded(signerParts.key));
    expect(slot(12, 0, 72)).toBe(signerCompressed);
    expect(slot(10, 0, 72)).toBe(deviceCompressed);
    // The serial number of 16 bytes and both dates stand in the compressed certificate's first 64 bytes.
    const record = Buffer.from(signerCompressed, 'hex').subarray(0, 64);
    Buffer.from(new X509Certificate(signer).serialNumber, 'hex').copy(record, 4);
    const [notBefore = '', notAfter = ''] = signer.toString('latin1').match(/\d{12}Z/g) ?? [];
    record.write(notBefore, 22, 'latin1');
    record.write(notAfter, 37, 'latin1');
    expect(slot(14, 0, 64)).toBe(record.toString('hex'));
    // The name of the device, then what is left of its compressed certificate; and the serial number at 52.
    expect(slot(8, 0, 32)).toBe(Buffer.from(serial).toString('hex') + deviceCompressed.slice(36, 64));
    expect(slot(8, 32, 52)).toBe('ff'.repeat(20));
    expect(slot(8, 52, 72)).toBe(`${Buffer.from(serial).toString('hex')}0000`);
    expect(slot(8, 72, 416)).toBe('ff'.repeat(344));
    expect([memory[86], memory[87]]).toEqual([0, 0]);

    // A twin whose firmware was built with the certificate of the first device has those of each.
    template ??= device;
    const definitions = {
      ...LAYOUT,
      deviceKeySlot: 0,
      signer: definitionFrom(signer, 'signer'),
      device: definitionFrom(template, 'device'),
    };
    const rebuilt = loadCredentials(new Bench(memory).driver, definitions);
    expect(rebuilt.map((der) => Buffer.from(der))).toEqual([device, signer]);
  });
});

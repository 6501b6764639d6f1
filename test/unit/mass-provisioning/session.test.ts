import { createPublicKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slotOffset } from '../../../emulator/atecc608/index.ts';
import { loadCredentials } from '../../../emulator/host-library/index.ts';
import { fleetOnPaper, freshLine, SerialLine, SUCCESS } from './line.ts';

const paper = fleetOnPaper();
const { fleet, device, signerPem, devicePem, rootKeyPem } = paper;
const sendAll = (line: SerialLine) => line.send('c', signerPem, 'v', devicePem, 'b', rootKeyPem, 'q');
const written = (length: 4 | 32, ...addresses: string[]) =>
  addresses.map((at) => `Write p1=${length === 32 ? '82' : '02'} p2=${at} data=${length} -> status 00 Success`);
const blocks = (...addresses: string[]) => addresses.map((at) => `Read p1=82 p2=${at} -> 32 bytes`);
const words = (...addresses: string[]) => addresses.map((at) => `Read p1=02 p2=${at} -> 4 bytes`);
const slot = (memory: Uint8Array, number: number, start: number, end: number) =>
  Buffer.from(memory.subarray(slotOffset(number) + start, slotOffset(number) + end));

describe('the letters', () => {
  it('r says that the line works', () => {
    expect(freshLine(fleet).line.send('r')).toBe('Ready.\n');
  });

  it('s is answered with the serial number, 18 digits and no line end', () => {
    const { line } = freshLine(fleet);
    expect(line.send('s')).toBe(Buffer.from(device.serialNumber).toString('hex'));
    expect(line.bench.exchanges()).toEqual(['Read p1=80 p2=0000 -> 32 bytes']);
  });

  it('k configures and locks the chip, and is answered with its public key', () => {
    const { line, memory } = freshLine(fleet);
    const pem = line.send('k');
    expect(pem).toMatch(
      /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/=]{60}\n-----END PUBLIC KEY-----\n$/,
    );
    expect([memory[86], memory[87]]).toEqual([0, 0]);
    const key = createPublicKey(pem).export({ format: 'jwk' });
    const point = line.bench.driver.genKey(0x00, 0);
    expect(Buffer.from(key.x ?? '', 'base64url')).toEqual(Buffer.from(point.subarray(0, 32)));
    expect(Buffer.from(key.y ?? '', 'base64url')).toEqual(Buffer.from(point.subarray(32)));
  });

  it('k again has the same answer, and new keys in slots 2, 3 and 7', () => {
    const { line } = freshLine(fleet);
    const spares = () => [2, 3, 7].map((number) => line.bench.driver.genKey(0x00, number));
    const first = line.send('k');
    const before = spares();
    expect(line.send('k')).toBe(first);
    for (const [index, key] of spares().entries()) expect(key).not.toEqual(before[index]);
  });

  it('c, v and b take in a text each and answer nothing; p and o give them back as they came', () => {
    const { line } = freshLine(fleet);
    const crlf = signerPem.replaceAll('\n', '\r\n');
    expect(line.send('c', crlf, 'v', devicePem, 'b', rootKeyPem)).toBe('');
    expect(line.send('p')).toBe(crlf.trimEnd() + devicePem.trimEnd());
    expect(line.send('o')).toBe(rootKeyPem.trimEnd());
    expect(line.bench.exchanges()).toEqual([]);
  });

  it('p and o are answered with nothing where nothing came', () => {
    expect(freshLine(fleet).line.send('po')).toBe('');
  });

  it('q provisions the chip', () => {
    const { line } = freshLine(fleet);
    line.send('k');
    expect(sendAll(line)).toBe(SUCCESS);
  });

  it('q writes slots 4, 15, 8, 12, 14, 11, 10 and 8, and reads them back', () => {
    const { line } = freshLine(fleet);
    line.send('k');
    line.bench.exchanges();
    sendAll(line);
    expect(line.bench.exchanges()).toEqual([
      ...['Read p1=80 p2=0000 -> 32 bytes', 'Read p1=80 p2=0000 -> 32 bytes'], // serial number, initialisation
      ...written(32, '0020', '0078', '0178', '0278'),
      ...written(4, '0145', '0146', '0147', '0240', '0241'), // 20 bytes from 52 on
      ...blocks('0140', '0240'),
      ...written(32, '0060', '0160', '0260', '0070', '0170', '0058', '0158', '0258'),
      ...written(32, '0050', '0150', '0250', '0040'),
      ...[...blocks('0060', '0160'), ...words('0260', '0261'), ...blocks('0070', '0170')],
      ...[...blocks('0058', '0158'), ...words('0258', '0259')],
      ...[...blocks('0050', '0150'), ...words('0250', '0251'), 'GenKey p1=00 p2=0000 -> 64 bytes', ...blocks('0040')],
    ]);
  });

  it('everything else is ignored, and there is no echo', () => {
    const { line } = freshLine(fleet);
    const letters = new Set('rskpoqcvb');
    const others = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).filter((c) => !letters.has(c));
    expect(line.send(others.join(''))).toBe('');
    expect(line.send(...others)).toBe('');
    expect(line.send('\n r \r\n')).toBe('Ready.\n');
  });
});

describe('a chip that was provisioned over the line', () => {
  const { line, memory } = freshLine(fleet);
  line.send('k');
  sendAll(line);

  it('has what the factory writes with the same certificates, and the serial number in slot 8', () => {
    const expected = device.memory.slice();
    // 18 digits and two NULs from byte 52 on.
    expected.set(Buffer.from(`${device.commonName}\0\0`), slotOffset(8) + 52);
    expect(Buffer.from(memory)).toEqual(Buffer.from(expected));
  });

  it('has the common name at the beginning of slot 8, and behind it bytes of the signature', () => {
    expect(slot(memory, 8, 0, 18).toString()).toBe(device.commonName);
    expect(slot(memory, 8, 18, 32)).toEqual(slot(memory, 10, 18, 32));
  });

  it('gives a twin of the fleet both certificates, byte for byte', () => {
    const [deviceDer, signerDer] = loadCredentials(line.bench.driver, fleet.factory.definitions);
    expect(Buffer.from(deviceDer)).toEqual(new X509Certificate(devicePem).raw);
    expect(Buffer.from(signerDer)).toEqual(new X509Certificate(signerPem).raw);
  });

  it('can be provisioned again, with other certificates', () => {
    const other = fleetOnPaper('another');
    expect(line.send('c', other.signerPem, 'v', other.devicePem, 'b', other.rootKeyPem, 'q')).toContain('missmatch');
    expect(sendAll(line)).toBe(SUCCESS);
  });
});

describe('what the line is told, in whatever pieces', () => {
  const told = `rs\nc${signerPem}\nv${devicePem}\nb${rootKeyPem}\npoq\r`;
  const configured = freshLine(fleet);
  configured.line.send('k');
  const begun = configured.memory;

  it('has the same outcome, split at every byte', () => {
    const whole = begun.slice();
    const answers = new SerialLine(whole).send(told);
    expect(answers.endsWith(SUCCESS)).toBe(true);
    for (let split = 0; split <= told.length; split++) {
      const memory = begun.slice();
      if (new SerialLine(memory).send(told.slice(0, split), told.slice(split)) !== answers) expect.fail(`at ${split}`);
      if (Buffer.compare(memory, whole) !== 0) expect.fail(`at ${split}`);
    }
    const byByte = begun.slice();
    expect(new SerialLine(byByte).send(...told)).toBe(answers);
    expect(byByte).toEqual(whole);
  });
});

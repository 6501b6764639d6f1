import { describe, expect, it, vi } from 'vitest';
import { pemOf } from '../../../emulator/crypto/index.ts';
import { fleetOnPaper, freshLine, SerialLine, SUCCESS } from './line.ts';

const paper = fleetOnPaper();
const other = fleetOnPaper('another');
const { fleet, signerPem, devicePem, rootKeyPem } = paper;

/** A configured chip's line. */
function configured() {
  const made = freshLine(fleet);
  made.line.send('k');
  return made;
}

/** What `q` prints where the texts are these. */
function provisioned(texts: { readonly c?: string; readonly v?: string; readonly b?: string }) {
  const { line, memory } = configured();
  const before = memory.slice();
  const { c = signerPem, v = devicePem, b = rootKeyPem } = texts;
  const said = line.send('c', c, 'v', v, 'b', b, 'q');
  return { said, untouched: Buffer.compare(before, memory) === 0 };
}

const FAILED = '\nDevice Provisioning failed!\n';

describe('q without what it needs writes nothing, and says what is missing', () => {
  it.each([
    ['nothing was sent', '', ['signer cert', 'device cert', 'root pubkey']],
    ['the signer was not sent', `v${devicePem}b${rootKeyPem}`, ['signer cert']],
    ['the device was not sent', `c${signerPem}b${rootKeyPem}`, ['device cert']],
    ['the root was not sent', `c${signerPem}v${devicePem}`, ['root pubkey']],
  ])('%s', (_what, sent, missing) => {
    const { line, memory } = configured();
    const before = memory.slice();
    const lines = missing.map((what) => `${what} conversion failed: none was received\n`);
    expect(line.send(sent, 'q')).toBe(`\nprovisioning start\n${lines.join('')}${FAILED}`);
    expect(memory).toEqual(before);
  });

  it('forgets the texts with each q, so that no device gets the certificate of the one before', () => {
    const { line } = configured();
    expect(line.send('c', signerPem, 'v', devicePem, 'b', rootKeyPem, 'q')).toBe(SUCCESS);
    expect(line.send('po')).toBe('');
    expect(line.send('q')).toContain('device cert conversion failed: none was received');
  });

  it('takes the last text of each kind', () => {
    const { line } = configured();
    expect(line.send('v', devicePem, 'v', '-----BEGIN CERTIFICATE-----\n')).toBe('');
    expect(line.send('-----END CERTIFICATE-----', 'c', signerPem, 'b', rootKeyPem, 'q')).toContain('device cert conv');
  });
});

describe('a text that is no such thing writes nothing', () => {
  const damaged = signerPem.replace(/\n(.)/, '\n!');
  it.each([
    [
      'a certificate with a character that is none of base64',
      { c: damaged },
      'signer cert conversion failed: this is no whole -----BEGIN CERTIFICATE----- in PEM',
    ],
    [
      'a public key for a certificate',
      { v: rootKeyPem },
      'device cert conversion failed: this is no whole -----BEGIN CERTIFICATE----- in PEM',
    ],
    [
      'a certificate for a public key',
      { b: signerPem },
      'root pubkey conversion failed: this is no whole -----BEGIN PUBLIC KEY----- in PEM',
    ],
    [
      'half a certificate',
      { c: `${signerPem.slice(0, 200)}\n-----END CERTIFICATE-----` },
      'signer cert conversion failed: this is not a certificate in DER',
    ],
    [
      'no base64',
      { v: pemOf('CERTIFICATE', new Uint8Array(0)) },
      'device cert conversion failed: this is not a certificate in DER',
    ],
    [
      'a key on another curve',
      { b: pemOf('PUBLIC KEY', new Uint8Array(91)) },
      'root pubkey conversion failed: this is no public key on P-256',
    ],
    [
      'the signer for the device',
      { v: signerPem },
      'device cert conversion failed: the certificate cannot be rebuilt from a chip unchanged',
    ],
  ])('%s', (_what, texts, reason) => {
    const { said, untouched } = provisioned(texts);
    expect(said).toContain(`\nprovisioning start\n${reason}`);
    expect(said.endsWith(FAILED)).toBe(true);
    expect(untouched).toBe(true);
  });

  it('is not waited for beyond 4096 bytes, and not kept', () => {
    const { line } = configured();
    expect(line.send('c', 'A'.repeat(4095))).toBe('');
    expect(line.send('A')).toBe('no end of the PEM text within 4096 bytes\n');
    expect(line.send('pr')).toBe('Ready.\n');
  });

  it('may have explanations in front', () => {
    const explained = `Certificate:\n    Data:\n        Version: 3 (0x2)\n${signerPem}`;
    expect(provisioned({ c: explained }).said).toBe(SUCCESS);
  });
});

describe('a text that nobody announced', () => {
  it('is no row of letters, though its base64 has some', () => {
    const { line, memory } = freshLine(fleet);
    expect(rootKeyPem + signerPem).toMatch(/k/);
    expect(line.send(rootKeyPem, signerPem)).toBe('');
    // Two certificates in the place of one: the second one is dropped.
    expect(line.send('c', signerPem + signerPem)).toBe('');
    expect(line.send('p')).toBe(signerPem.trimEnd());
    expect(memory[87]).toBe(0x55);
  });
});

describe('certificates of something else are found out when they do not come back', () => {
  it.each([
    [
      'a device certificate for another key',
      { v: other.devicePem, c: other.signerPem, b: other.rootKeyPem },
      'Device certificate missmatch',
      'it was issued for another key than that of the chip',
    ],
    [
      'a root that did not issue the signer',
      { b: other.rootKeyPem },
      'Signer certificate missmatch',
      'it was issued by another key than the one above it in the chip',
    ],
    [
      'a signer that did not issue the device',
      { c: other.signerPem, b: other.rootKeyPem },
      'Device certificate missmatch',
      'it was issued by another key than the one above it in the chip',
    ],
  ])('%s', (_what, texts, complaint, reason) => {
    const { said } = provisioned(texts);
    expect(said).toContain(`${complaint}: the `);
    expect(said).toContain(`: ${reason}\n`);
    expect(said).not.toContain('Successful');
    expect(said.endsWith(FAILED)).toBe(true);
  });
});

describe('a chip in another state', () => {
  it('that is not configured takes no certificates', () => {
    const { line } = freshLine(fleet);
    expect(line.send('c', signerPem, 'v', devicePem, 'b', rootKeyPem, 'q')).toBe(
      `\nprovisioning start\nWriting Root Public Key\nFailed to write root ca public key: the chip answered Write with status 0F\n${FAILED}`,
    );
  });

  it('whose configuration is locked already, and its data is not, is locked by k', () => {
    const { line, memory } = freshLine(fleet);
    const { driver } = line.bench;
    line.send('k');
    // As if the power had gone between the two locks: the lock byte of the data zone (data sheet 2.2) as it was.
    memory[86] = 0x55;
    expect(driver.read('config', 0x15, 4)[2]).toBe(0x55);
    expect(line.send('k')).toContain('BEGIN PUBLIC KEY');
    expect(memory[86]).toBe(0);
  });

  it('that was locked as it left its factory says that it refuses the spare keys', () => {
    const { line } = freshLine(fleet);
    line.bench.driver.lock(0x80);
    // Slot 3 of a part as it leaves the factory is for no private key: its KeyConfig is 001C.
    expect(line.send('k').split('-----\n').at(-1)).toBe(
      'Unable to configure the chip: the chip answered GenKey with status 0F\n',
    );
  });

  it('a part that comes locked and refuses the spare keys has told its public key all the same', () => {
    const made = configured();
    // SlotLocked, a bit for each slot (data sheet 2.2): slot 2 keeps its key.
    made.memory[88] = 0xfb;
    expect(made.line.send('k')).toMatch(
      /^-----BEGIN PUBLIC KEY-----\n[^-]*-----END PUBLIC KEY-----\nUnable to configure the chip: the chip answered GenKey with status 0F\n$/,
    );
  });

  it('that gives back another serial number than was written is found out', () => {
    const { line } = configured();
    const { driver } = line.bench;
    const read = driver.read.bind(driver);
    vi.spyOn(driver, 'read').mockImplementation((zone, address, length) => {
      const bytes = read(zone, address, length);
      // Block 2 of slot 8, the last 8 bytes of the serial number at 52.
      if (zone === 'data' && address === 0x0240) bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes;
    });
    expect(line.send('c', signerPem, 'v', devicePem, 'b', rootKeyPem, 'q')).toBe(
      `\nprovisioning start\nWriting Root Public Key\nFailed to write device sn: the serial number from the chip differs from the one that was written\n${FAILED}`,
    );
  });

  it('is missing: each letter says so', () => {
    const line = new SerialLine(undefined);
    const reason = 'the chip did not answer the wake pulse with 04 11 33 43';
    expect(line.send('s')).toBe(`Unable to read the serial number: ${reason}\n`);
    expect(line.send('k')).toBe(`Unable to configure the chip: ${reason}\n`);
    expect(line.send('c', signerPem, 'v', devicePem, 'b', rootKeyPem, 'q')).toBe(
      `\nprovisioning start\nFailed to init: ${reason}\n${FAILED}`,
    );
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type BrokenBroker,
  brokenBroker,
  type Fault,
  scriptedFault,
  tcpFault,
  tlsFault,
} from '../../support/broken-broker.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import { emuRun } from '../../support/emu.ts';
import type { Mischief } from '../../support/hostile-server.ts';
import { alertAfter, hangUpAfter, mischiefs } from '../../support/mischief.ts';

const EACH = 3;
const connack = (code: number) => Buffer.of(0x20, 2, 0, code);
const names = { commonName: 'localhost', dnsNames: ['localhost'] };

let root: Ca;
let stranger: Ca;
let namesake: Ca;
const identities = {} as Record<'good' | 'rsa' | 'expired' | 'elsewhere' | 'unknown' | 'forged', Identity>;
let plainMqtt: Aedes;

const node = (name: keyof typeof identities, more: TlsOptions = {}): TlsOptions => {
  const { certificate: cert, key } = identities[name];
  return { cert, key, ...more };
};
const script = (mischief: Mischief, more = {}) => scriptedFault({ ...identities.good, ...more, mischief });
const atStep = (step: Parameters<typeof hangUpAfter>[0]) =>
  script(hangUpAfter(step), { requestCertificate: true, sessionTicket: step === 'new_session_ticket' });

interface Row {
  readonly fault: () => Fault;
  /** Among the failed ones, or among the disconnections of devices that had a CONNACK. */
  readonly cause?: string;
  readonly lost?: string;
  readonly example?: RegExp;
  /** What the broker sees of the device's refusal; none unless told. */
  readonly alert?: number;
}

const BEFORE_SERVER_HELLO = {
  cause: 'TLS: closed by the broker before its ServerHello',
  example: /the server closed the TCP connection while the device waited for the server's ServerHello/,
};
const BEFORE_CHANGE_CIPHER_SPEC = {
  cause: "TLS: closed by the broker after the device's Certificate, before ChangeCipherSpec",
  example: /while the device waited for the server's ChangeCipherSpec/,
};

const rows: Record<string, Row> = {
  'a certificate of a CA that the devices do not know': {
    fault: () => tlsFault(node('unknown')),
    cause: "TLS: the broker's certificate leads to no trusted CA",
    example: /it does not lead to a CA that the device trusts; the device answered with the alert unknown_ca \(48\)/,
    alert: 48,
  },
  'a certificate that a stranger signed in the name of the right CA': {
    fault: () => tlsFault(node('forged')),
    cause: "TLS: the broker's certificate names a trusted CA that did not sign it",
    example: /another key signed it; the device answered with the alert unknown_ca \(48\)/,
    alert: 48,
  },
  'a certificate for another host': {
    fault: () => tlsFault(node('elsewhere')),
    cause: "TLS: the broker's certificate is for another name",
    example:
      /it is for another name \(it has elsewhere\.test\); the device answered with the alert bad_certificate \(42\)/,
    alert: 42,
  },
  'a malformed certificate': {
    fault: () => script(mischiefs.garbageCertificate),
    cause: "TLS: the broker's certificate is malformed",
    example: /bad_certificate \(42\)/,
    alert: 42,
  },
  'a tampered ServerKeyExchange': {
    fault: () => script(mischiefs.tamperedSignature),
    cause: 'TLS: wrong signature in ServerKeyExchange',
    example: /does not verify with the server certificate; the device answered with the alert decrypt_error \(51\)/,
    alert: 51,
  },
  'a point that is not on the curve': {
    fault: () => script(mischiefs.tamperedPoint),
    cause: 'TLS: a wrong curve or point in ServerKeyExchange',
    example: /not on P-256; the device closed without an alert/,
  },
  'a bad Finished': {
    fault: () => script(mischiefs.badFinished),
    cause: "TLS: wrong verify_data in the broker's Finished",
    // Quirk of mbedTLS 2.16: the RFC asks for decrypt_error.
    example: /Finished does not match .*; the device answered with the alert decode_error \(50\)/,
    alert: 50,
  },
  'a corrupted record': {
    fault: () => script(mischiefs.badRecordMac),
    cause: 'TLS: a record that does not decrypt (bad_record_mac)',
    example: /its tag does not hold; the device answered with the alert bad_record_mac \(20\)/,
    alert: 20,
  },
  'a record too long': {
    fault: () => script(mischiefs.oversizedRecord),
    cause: 'TLS: a record that is too long for the device',
    example: /16385 bytes; the device takes 8192 bytes of plaintext/,
  },
  'a message out of its turn': {
    fault: () => script(mischiefs.skippedServerKeyExchange),
    cause: 'TLS: an unexpected message',
    example: /type 14 where type 12 belongs; the device answered with the alert unexpected_message \(10\)/,
    alert: 10,
  },
  'a fragmented message': {
    fault: () => script(mischiefs.fragmentedCertificate),
    cause: 'TLS: a handshake message in several records, which the device does not support',
    example: /the device closed without an alert/,
  },
  'TLS 1.1 in the ServerHello': {
    fault: () => script(mischiefs.tls11),
    cause: 'TLS: the broker does not speak TLS 1.2',
    example: /protocol_version \(70\)/,
    alert: 70,
  },
  'TLS 1.3 alone': {
    fault: () => tlsFault(node('good', { minVersion: 'TLSv1.3' })),
    cause: 'TLS: the broker sent the fatal alert protocol_version',
  },
  'AES-256 alone': {
    fault: () => tlsFault(node('good', { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' })),
    cause: 'TLS: the broker sent the fatal alert handshake_failure',
  },
  "a fatal alert on the device's certificate": {
    fault: () => script(alertAfter('client_flight', 46), { requestCertificate: true }),
    cause: 'TLS: the broker sent the fatal alert certificate_unknown',
  },
  'HTTP in clear': {
    fault: () => tcpFault((socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    cause: 'TLS: not TLS, or a malformed record',
    example: /type 72, which is not TLS; the device answered with the alert unexpected_message \(10\)/,
    alert: 10,
  },
  'MQTT in clear': { fault: () => tcpFault((socket) => plainMqtt.handle(socket)), ...BEFORE_SERVER_HELLO },

  'hanging up when it accepts': { fault: () => tcpFault((socket) => socket.end()), ...BEFORE_SERVER_HELLO },
  'a reset when it accepts': { fault: () => tcpFault((socket) => socket.resetAndDestroy()), ...BEFORE_SERVER_HELLO },
  'hanging up after ClientHello': { fault: () => atStep('client_hello'), ...BEFORE_SERVER_HELLO },
  'hanging up after ServerHello': {
    fault: () => atStep('server_hello'),
    cause: 'TLS: closed by the broker before its Certificate',
    example: /while the device waited for the server's Certificate/,
  },
  'hanging up after Certificate': {
    fault: () => atStep('certificate'),
    cause: 'TLS: closed by the broker before its ServerKeyExchange',
    example: /while the device waited for ServerKeyExchange/,
  },
  'hanging up after ServerKeyExchange': {
    fault: () => atStep('server_key_exchange'),
    cause: 'TLS: closed by the broker before its CertificateRequest or ServerHelloDone',
    example: /while the device waited for CertificateRequest or ServerHelloDone/,
  },
  'hanging up after CertificateRequest': {
    fault: () => atStep('certificate_request'),
    cause: 'TLS: closed by the broker before its ServerHelloDone',
    example: /while the device waited for ServerHelloDone/,
  },
  // At --pace fast the chip has answered before the device reads on: its flight is out, or as good as.
  'hanging up after ServerHelloDone': { fault: () => atStep('server_hello_done'), ...BEFORE_CHANGE_CIPHER_SPEC },
  "hanging up after the device's flight": { fault: () => atStep('client_flight'), ...BEFORE_CHANGE_CIPHER_SPEC },
  'hanging up after NewSessionTicket': { fault: () => atStep('new_session_ticket'), ...BEFORE_CHANGE_CIPHER_SPEC },
  "hanging up over the device's certificate, as Node does": {
    fault: () => tlsFault(node('good', { ca: stranger.certificate, requestCert: true, maxVersion: 'TLSv1.2' })),
    cause: "TLS: closed by the broker after the device's Certificate, before NewSessionTicket",
    example: /while the device waited for NewSessionTicket/,
  },
  'hanging up before Finished': {
    fault: () => atStep('change_cipher_spec'),
    cause: 'TLS: closed by the broker before its Finished',
    example: /while the device waited for the server's Finished/,
  },
  'hanging up after Finished': {
    fault: () => atStep('finished'),
    cause: 'MQTT: closed by the broker before CONNACK',
    example: /without a close_notify/,
  },
  'close_notify in place of CONNACK': {
    fault: () => tlsFault(node('good'), (socket) => socket.once('data', () => socket.end())),
    cause: 'MQTT: closed by the broker before CONNACK (close_notify)',
    example: /close_notify/,
  },
  'no answer to ClientHello': {
    fault: () => tcpFault(() => {}),
    cause: 'TLS: handshake not finished by the end of the run',
    example: /still waiting/,
  },
  'no answer to CONNECT': {
    fault: () => tlsFault(node('good')),
    cause: 'MQTT: no CONNACK by the end of the run',
    example: /still waiting/,
  },
  'HTTP over TLS': {
    fault: () =>
      tlsFault(node('good'), (socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request'))),
    cause: "MQTT: the broker's answer to CONNECT is not a CONNACK",
    example: /another packet than CONNACK/,
  },
  'CONNACK 5': {
    fault: () => tlsFault(node('good'), (socket) => socket.once('data', () => socket.write(connack(5)))),
    cause: 'MQTT: CONNACK 5 (not authorized)',
    example: /CONNACK with code 5/,
  },
  'hanging up after CONNACK': {
    fault: () =>
      tlsFault(node('good'), (socket) => socket.once('data', () => socket.write(connack(0), () => socket.destroy()))),
    lost: 'TLS: connection cut without close_notify',
    example: /without a close_notify/,
  },
  'close_notify after CONNACK': {
    fault: () => tlsFault(node('good'), (socket) => socket.once('data', () => socket.end(connack(0)))),
    lost: 'TLS: closed by the broker (close_notify)',
    example: /close_notify/,
  },
  'nothing wrong but an RSA certificate': {
    fault: () => tlsFault(node('rsa'), (socket) => socket.once('data', () => socket.write(connack(0)))),
  },
  // The device has no clock.
  'nothing wrong but an expired certificate': {
    fault: () => tlsFault(node('expired'), (socket) => socket.once('data', () => socket.write(connack(0)))),
  },
};

describe('one fleet against a broker that fails every client in another way', () => {
  const faults = Object.entries(rows);
  const count = EACH * faults.length;
  let directory: string;
  let broker: BrokenBroker;
  let ended: Awaited<ReturnType<typeof emuRun>>;

  beforeAll(async () => {
    [root, stranger, namesake, plainMqtt] = await Promise.all([
      createCa({ commonName: 'root' }),
      createCa({ commonName: 'stranger' }),
      createCa({ commonName: 'root' }),
      Aedes.createBroker(),
    ]);
    identities.good = await root.issue(names);
    identities.rsa = await root.issue({ ...names, keyType: 'RSA-2048' });
    identities.expired = await root.issue({ ...names, notAfter: new Date('2019-01-01') });
    identities.elsewhere = await root.issue({ ...names, dnsNames: ['elsewhere.test'] });
    identities.unknown = await stranger.issue(names);
    identities.forged = await namesake.issue(names);
    directory = mkdtempSync(join(tmpdir(), 'faults-'));
    writeFileSync(join(directory, 'root.pem'), root.certificate);
    broker = await brokenBroker(faults.map(([, { fault }]) => fault()));
    ended = await emuRun(
      ...['--broker', `mqtts://localhost:${broker.port}`, '--ca', join(directory, 'root.pem')],
      ...['--count', `${count}`, '--duration', '5s', '--interval', '60s'],
    );
  });

  afterAll(() => {
    broker?.close();
    plainMqtt?.close();
    rmSync(directory, { recursive: true });
  });

  test('ends with exit 1 and one line, no stack', () => {
    expect(ended.code).toBe(1);
    const failed = EACH * faults.filter(([, { cause }]) => cause !== undefined).length;
    expect(ended.stderr).toMatch(new RegExp(`\\nemu: ${failed} of ${count} devices never connected, .*\\n$`));
    expect(ended.stderr).not.toMatch(/^ +at |EMU_E_/m);
  });

  test('counts every device once', () => {
    const failed = EACH * faults.filter(([, { cause }]) => cause !== undefined).length;
    const { devices, causes } = ended.summary;
    expect(devices).toMatchObject({
      planned: count,
      arrived: count,
      connected: count - failed,
      failed,
      not_started: 0,
    });
    expect(causes.reduce((sum, cause) => sum + cause.count, 0)).toBe(failed);
    expect(broker.accepted).toHaveLength(count);
  });

  test('names no cause but those below', () => {
    const { causes, disconnections } = ended.summary;
    const expected = (of: 'cause' | 'lost') => new Set(faults.flatMap(([, row]) => row[of] ?? []));
    expect(new Set(causes.map(({ cause }) => cause))).toEqual(expected('cause'));
    expect(new Set(disconnections.map(({ cause }) => cause))).toEqual(expected('lost'));
  });

  test.each(faults.map(([name, row], index) => [name, row, index] as const))('%s', (_name, row, index) => {
    const { causes, disconnections } = ended.summary;
    for (const [of, list] of [
      ['cause', causes],
      ['lost', disconnections],
    ] as const) {
      if (row[of] === undefined) continue;
      const sharing = faults.filter(([, other]) => other[of] === row[of]).length;
      // A busy machine adds how many of them fell into its own lateness.
      expect(list.find(({ cause }) => cause === row[of])).toMatchObject({
        cause: row[of],
        code: expect.stringMatching(/^(tcp|tls|mqtt)\./),
        side: 'broker',
        count: EACH * sharing,
        example: expect.stringMatching(/^device \d+: ./),
      });
      expect(list.find(({ cause }) => cause === row[of])?.example).toMatch(row.example ?? /the server sent the fatal/);
    }
    expect(broker.alerts[index]).toEqual(row.alert === undefined ? [] : Array(EACH).fill(row.alert));
  });
});

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { EmuError } from '../../../emulator/errors.ts';
import { nearest } from '../../../src/base/index.ts';
import { parseBroker } from '../../../src/cli/options/broker-url.ts';
import { parseDuration } from '../../../src/cli/options/duration.ts';
import { MOST_DEVICES, parseDevices, parsePositive } from '../../../src/cli/options/numbers.ts';
import { parseResolutions } from '../../../src/cli/options/resolutions.ts';
import { MAX_DEVICES } from '../../../src/factory/index.ts';

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['500ms', 500],
    ['2h', 7_200_000],
    ['1.5s', 1500],
    ['1ms', 1],
  ])('%s', (text, ms) => {
    expect(parseDuration('--duration', text)).toBe(ms);
  });

  test.each(['30', 's', '', '-5s', '5 s', '1d', '1e3s', '.5s', '0s', '0.5ms', '600h', '5S'])('not %j', (text) => {
    expect(() => parseDuration('--duration', text)).toThrow(expect.objectContaining({ code: 'EMU_E_USAGE' }));
  });
});

test.each([
  ['100', 100],
  ['.5', 0.5],
  ['2.', 2],
  ['1e3', 1000],
  ['1.5E-1', 0.15],
])('a rate of %s', (text, rate) => {
  expect(parsePositive('--rate', text)).toBe(rate);
});

test('no more devices than a factory makes', () => {
  expect(MOST_DEVICES).toBe(MAX_DEVICES);
  expect(parseDevices(String(MAX_DEVICES))).toBe(MAX_DEVICES);
});

describe('brokers', () => {
  test.each([
    ['mqtts://broker.example.com', 'broker.example.com', 8883],
    ['mqtts://broker:18883', 'broker', 18_883],
    ['MQTTS://10.0.0.1:1', '10.0.0.1', 1],
    ['mqtts://7.test', '7.test', 8883],
    ['mqtts://broker7', 'broker7', 8883],
    ['mqtts://broker.example.com.', 'broker.example.com.', 8883],
    ['mqtts://[::1]', '::1', 8883],
    ['mqtts://[2001:db8::17]:443', '2001:db8::17', 443],
  ])('%s', (text, host, port) => {
    expect(parseBroker(text)).toEqual({ host, port });
  });

  test.each([
    ['broker:8883', /must look like mqtts:\/\/HOST/],
    ['', /must look like/],
    ['mqtt://broker', /knows only mqtts:\/\/, not mqtt:\/\//],
    ['wss://broker/mqtt', /knows only mqtts/],
    ['mqtts://', /has no valid host/],
    ['mqtts://:8883', /has no valid host/],
    ['mqtts://::1', /has no valid host/],
    ['mqtts://[::1', /has no valid host/],
    ['mqtts://[broker]', /has no valid host/],
    ['mqtts://bro ker', /has no valid host/],
    ['mqtts://10.0.0.300', /has no valid host/],
    ['mqtts://10.0.0', /has no valid host/],
    ['mqtts://7', /has no valid host/],
    ['mqtts://a.b.7:8883', /has no valid host/],
    ['mqtts://10.0.0.300.', /has no valid host/],
    ['mqtts://0x7f.1', /has no valid host/],
    ['mqtts://127.0x1', /has no valid host/],
    ['mqtts://broker/', /takes no path/],
    ['mqtts://broker?x=1', /takes no path/],
    ['mqtts://user:secret@broker', /takes no user name/],
    ['mqtts://broker:0', /from 1 to 65535/],
    ['mqtts://broker:65536', /from 1 to 65535/],
    ['mqtts://broker:', /from 1 to 65535/],
    ['mqtts://broker:88x', /from 1 to 65535/],
  ])('not %j', (text, message) => {
    expect(() => parseBroker(text)).toThrow(message);
  });

  test.each([
    'mqtts://user:secret@broker',
    'mqtts://user:secret@broker/path',
    'mqtts://user:secret@bro ker',
    'user:secret@broker:8883',
    'mqtt://user:secret@broker',
  ])('a password is not repeated in the complaint about %s', (text) => {
    let complaint: unknown;
    try {
      parseBroker(text);
    } catch (error) {
      complaint = error;
    }
    expect(complaint).toMatchObject({ code: 'EMU_E_USAGE', message: '--broker takes no user name or password' });
    const said = inspect({ ...(complaint as EmuError), message: (complaint as EmuError).message });
    expect(said).not.toMatch(/secret/);
  });
});

describe('resolutions', () => {
  test.each([
    ['broker.test:8883:127.0.0.1:18883', [['broker.test', 8883, '127.0.0.1', 18_883]]],
    ['broker.test:8883:10.0.0.7', [['broker.test', 8883, '10.0.0.7', 8883]]],
    ['broker.test:443:[2001:db8::17]:8883', [['broker.test', 443, '2001:db8::17', 8883]]],
    ['broker.test:8883:[::1]', [['broker.test', 8883, '::1', 8883]]],
    [
      'a.test:1:10.0.0.1, b.test:1:10.0.0.2,a.test:2:10.0.0.3',
      [
        ['a.test', 1, '10.0.0.1', 1],
        ['b.test', 1, '10.0.0.2', 1],
        ['a.test', 2, '10.0.0.3', 2],
      ],
    ],
  ])('%s', (text, expected) => {
    const flat = parseResolutions(text).map(({ host, port, to }) => [host, port, to.host, to.port]);
    expect(flat).toEqual(expected);
  });

  test.each([
    ['broker.test', /must look like HOST:PORT:ADDRESS:PORT, not "broker\.test"$/],
    ['broker.test:8883', /must look like/],
    ['broker.test:8883:127.0.0.1:1:2', /must look like/],
    ['broker.test:8883:::1', /must look like/],
    ['a.test:1:10.0.0.1,', /must look like HOST:PORT:ADDRESS:PORT, not ""$/],
    [':8883:127.0.0.1', /begins with a host name, not with ""$/],
    ['*:8883:127.0.0.1', /begins with a host name, not with "\*"$/],
    ['10.0.0.1:8883:127.0.0.1', /begins with a host name, not with "10\.0\.0\.1"$/],
    ['broker.test:8883:localhost', /leads to an IP address, not to "localhost"$/],
    ['broker.test:8883:', /leads to an IP address, not to ""$/],
    ['broker.test:8883:[127.0.0.1]', /leads to an IP address/],
    ['broker.test:8883:10.0.0.300', /leads to an IP address/],
    ['broker.test:0:127.0.0.1', /the port of --resolve must be from 1 to 65535, not "0"$/],
    ['broker.test:8883:127.0.0.1:65536', /the port of --resolve must be/],
    ['broker.test:8883:127.0.0.1:', /the port of --resolve must be/],
    ['b.test:1:10.0.0.1,B.test:1:10.0.0.2', /^--resolve names b\.test:1 twice$/],
  ])('not %j', (text, message) => {
    expect(() => parseResolutions(text)).toThrow(message);
  });
});

describe('suggestions', () => {
  test.each([
    ['cuont', 'count'],
    ['cout', 'count'],
    ['Count', 'count'],
    ['ca_cert', 'ca-cert'],
    ['brokr', 'broker'],
    ['threads', undefined],
    ['x', undefined],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, ['count', 'ca-cert', 'broker', 'rate'])).toBe(meant);
  });
});

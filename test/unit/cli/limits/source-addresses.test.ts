import { expect, test, vi } from 'vitest';
import { requireSourceAddresses } from '../../../../src/cli/limits/source-addresses.ts';
import { parseSourceAddresses } from '../../../../src/cli/options/source-addresses.ts';

/** No test may ask a real resolver for a name: this one has IPv6 alone, and that one no answer for now. */
vi.mock('node:dns/promises', async (original) => {
  const dns = await original<typeof import('node:dns/promises')>();
  const codes: Record<string, string> = { 'six.test': 'ENOTFOUND', 'later.test': 'EAI_AGAIN' };
  return {
    ...dns,
    lookup: (name: string, options: object) =>
      codes[name] ? Promise.reject(Object.assign(new Error(name), { code: codes[name] })) : dns.lookup(name, options),
  };
});

const address = (text: string, family: 'IPv4' | 'IPv6') => ({ address: text, family }) as never;
const interfaces = {
  eth0: [
    address('10.0.0.5', 'IPv4'),
    address('10.0.0.6', 'IPv4'),
    address('fd00::5', 'IPv6'),
    address('fe80::1', 'IPv6'),
  ],
  'br-0': [address('fe80::2', 'IPv6')],
};
const host = (name: string) => ({ host: name, port: 8883 });

test.each([
  ['127.0.0.2', 'embedded', ['127.0.0.2']],
  ['127.0.0.2-127.0.0.4', 'embedded', ['127.0.0.2', '127.0.0.3', '127.0.0.4']],
  ['127.0.0.254-127.0.1.1', 'embedded', ['127.0.0.254', '127.0.0.255', '127.0.1.0', '127.0.1.1']],
  ['10.0.0.6, 10.0.0.5-10.0.0.7', host('10.0.0.1'), ['10.0.0.6', '10.0.0.5', '10.0.0.7']],
  ['eth0', host('10.0.0.1'), ['10.0.0.5', '10.0.0.6']],
  ['eth0', host('broker'), ['10.0.0.5', '10.0.0.6']],
  ['eth0', host('fd00::1'), ['fd00::5']],
  ['fd00::7,eth0', host('broker'), ['fd00::7', 'fd00::5']],
] as const)('%s towards %j', (text, broker, addresses) => {
  expect(parseSourceAddresses(text, broker, interfaces)).toEqual(addresses);
});

test.each([
  ['', 'embedded', /^--source-addresses: "" is neither an address nor an interface of this machine$/],
  ['wlan0', 'embedded', /"wlan0" is neither/],
  ['127.0.0.256', 'embedded', /"127\.0\.0\.256" is neither/],
  ['127.0.0.4-127.0.0.2', 'embedded', /must be a range of 1 to 1024 addresses$/],
  ['127.0.0.2-127.255.255.254', 'embedded', /must be a range of 1 to 1024 addresses$/],
  ['127.0.1.0-127.0.4.255,127.0.0.1', 'embedded', /^--source-addresses are at most 1024, not 1025$/],
  ['br-0', 'embedded', /the interface br-0 has no IPv4 address$/],
  ['fd00::5', 'embedded', /fd00::5 is not of the family in which the broker is reached, IPv4$/],
  ['127.0.0.2', host('::1'), /127\.0\.0\.2 is not of the family in which the broker is reached, IPv6$/],
  ['10.0.0.5,fd00::5', host('broker'), /fd00::5 is not of the family/],
] as const)('not %s towards %j', (text, broker, message) => {
  expect(() => parseSourceAddresses(text, broker, interfaces)).toThrow(
    expect.objectContaining({ code: 'EMU_E_USAGE', message: expect.stringMatching(message) }),
  );
});

test.each([
  [['127.0.0.2', '127.0.0.3'], 'embedded'],
  [['127.0.0.2'], host('localhost')],
  [['127.0.0.2'], host('later.test')],
  [undefined, host('six.test')],
] as const)('%j towards %j can be used', async (sourceAddresses, broker) => {
  await requireSourceAddresses({ broker, ...(sourceAddresses && { sourceAddresses }) });
});

test.each([
  [['127.0.0.2', '192.0.2.77'], 'embedded', /^--source-addresses: 192\.0\.2\.77 is no address of this machine/],
  [
    ['127.0.0.2'],
    host('192.0.2.1'),
    /^--source-addresses: 127\.0\.0\.2 has no way to the broker at 192\.0\.2\.1 \(\w+\)$/,
  ],
  [['127.0.0.2'], host('six.test'), /^six\.test has no IPv4 address, and --source-addresses are of that family$/],
] as const)('%j towards %j is refused before the run', async (sourceAddresses, broker, message) => {
  await expect(requireSourceAddresses({ broker, sourceAddresses })).rejects.toMatchObject({
    code: 'EMU_E_USAGE',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/ame addresses /),
  });
});

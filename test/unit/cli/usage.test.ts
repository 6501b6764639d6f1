import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/command-line/parse.ts';
import { exitCodeOf } from '../../../src/cli/errors/exit-codes.ts';
import { notices } from '../../../src/cli/run/notices.ts';
import { type RunRequest, runRequest } from '../../../src/cli/run/run-request.ts';
import { createCa } from '../../support/certificates.ts';
import { complaintOf } from '../../support/complaint.ts';

let files: string;
const file = (name: string) => join(files, name);

beforeAll(async () => {
  files = mkdtempSync(join(tmpdir(), 'emu-usage-'));
  const [root, other, rsa] = await Promise.all([
    createCa({ commonName: 'root' }),
    createCa({ commonName: 'other' }),
    createCa({ commonName: 'rsa', keyType: 'RSA-2048' }),
  ]);
  const leaf = await root.issue({ commonName: 'leaf' });
  const texts = {
    'root.pem': root.certificate,
    'root.key': root.key,
    'other.key': other.key,
    'leaf.pem': leaf.certificate,
    'leaf.key': leaf.key,
    'chain.pem': `${leaf.certificate}${root.certificate}`,
    'bundle.pem': `two CAs\n${root.certificate}${rsa.certificate}`,
    'text.pem': 'not a certificate\n',
    'broken.pem': root.certificate.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
    'damaged.pem': damagedSignature(root.certificate),
    'mistake.yaml': 'extends: esp32-mqtts\nmqtt:\n  keepAliveSeconds: often\n',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(file(name), text);
});

afterAll(() => rmSync(files, { recursive: true, force: true }));

/** The last bit of a certificate is its signature's. */
function damagedSignature(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

async function request(line: string): Promise<RunRequest> {
  const words = line.split(' ').filter((word) => word !== '');
  const invocation = parseCommandLine(words.map((word) => word.replace(/@(?=\w+\.)/, `${files}/`)));
  if ('print' in invocation) throw new Error(`printed instead: ${invocation.print}`);
  return runRequest(invocation.args);
}

/** What every object of JavaScript has. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__');

/** In a line, `@name.ext` is a file from above. */
const MISTAKES: readonly (readonly [line: string, exit: number, message: RegExp])[] = [
  ['rnu', 2, /^unknown command "rnu"; did you mean emu run\?$/],
  ['deploy', 2, /^unknown command "deploy"$/],
  ['run --cuont 3', 2, /^unknown option --cuont; did you mean --count\?$/],
  ['run --frobnicate', 2, /^unknown option --frobnicate$/],
  ['run --frobnicate.it 3', 2, /^unknown option --frobnicate\.it$/],
  ...INHERITED.map((name) => [`run --${name} 3`, 2, new RegExp(`^unknown option --${name}$`)] as const),
  ['--toString=3', 2, /^unknown option --toString$/],
  ['run -c 3', 2, /^unknown option -c/],
  ['run fast', 2, /^unexpected "fast" after emu run$/],
  ['run --no-json', 2, /^unknown option --no-json/],
  ['run --count 5 --console 5', 2, /^--console must be a device of this run, 0 to 4, not 5$/],
  ['run --trace 0', 2, /^--trace needs --out$/],
  ['run --trace 500 --out x', 2, /^--trace must be a device of this run, 0 to 499, not 500$/],
  ['run --probe a/#/b', 2, /^--probe: "a\/#\/b" is not an MQTT topic filter$/],
  ['run --probe a,,b', 2, /^--probe: "" is not an MQTT topic filter$/],
  ['run --broker-pid 1', 2, /^--broker-pid goes with --broker$/],
  ['run --broker mqtts://b --broker-pid mosquitto', 2, /^--broker-pid must be a whole number of at least 1/],
  [
    'run --broker mqtts://b --broker-pid 4194305 --ca @missing.pem',
    2,
    /^--broker-pid: process 4194305 cannot be watched: there is no such process$/,
  ],
  ['run --broker-sys', 2, /^--broker-sys goes with --broker$/],
  ['run --console all', 2, /^--console must be a device of this run, 0 to 499, not "all"$/],
  ['run --json yes', 2, /^unexpected "yes" after emu run$/],
  ['run --json=yes', 2, /^--json takes no value$/],
  ['run --json --json', 2, /^--json is given 2 times$/],
  ['run --count 3 --rate 9 --count 4', 2, /^--count is given 2 times$/],
  ['run --resolve a.test:1:10.0.0.1 --resolve a.test:1:10.0.0.2', 2, /^--resolve names a\.test:1 twice$/],
  ['run --resolve a.test:1:10.0.0.1 --resolve=', 2, /^--resolve needs a value$/],
  ['run --resolve broker', 2, /^--resolve must look like HOST:PORT:ADDRESS:PORT, not "broker"$/],
  ['run --hub a.test', 2, /^--hub goes with a profile whose devices register at Azure's DPS$/],
  ['run --id-scope 0ne1', 2, /^--id-scope goes with a profile whose devices register at Azure's DPS$/],
  ['run --profile azure-dps --hub a.test --hub A.test', 2, /^--hub names a\.test twice$/],
  ['run --profile azure-dps --hub a.test:8883', 2, /^--hub must be a host name, not "a\.test:8883"$/],
  ['run --profile azure-dps --hub a.test,', 2, /^--hub must be a host name, not ""$/],
  [
    'run --profile azure-dps --id-scope a/b',
    2,
    /^--id-scope must be 1 to 128 visible ASCII characters without \/, & and \?, not "a\/b"$/,
  ],
  ['run --profile azure-dps --id-scope 0né', 2, /^--id-scope must be/],
  ['run --profile azure-dps --broker mqtts://b --hub a.test', 2, /^--hub names hubs of the embedded cloud$/],
  [
    'run --profile azure-dps --probe',
    2,
    /^--probe has nothing to subscribe to: an IoT Hub delivers what devices publish to no/,
  ],
  ['run --profile azure-dps --probe a/b', 2, /^--probe has nothing to subscribe to/],
  [
    'run --profile azure-dps --broker mqtts://b --broker-sys',
    2,
    /^--broker-sys has nothing to read: neither a DPS nor/,
  ],
  ['run --count --json', 2, /^--count needs a value$/],
  ['run --count', 2, /^--count needs a value$/],
  ['run --count=', 2, /^--count needs a value$/],
  ['run --count 0', 2, /^--count must be a whole number of at least 1, not 0$/],
  ['run --count -5', 2, /^--count must be a whole number of at least 1, not -5$/],
  ['run --count 1.5', 2, /^--count must be a whole number of at least 1, not 1\.5$/],
  ['run --count many', 2, /^--count must be a whole number of at least 1, not "many"$/],
  ['run --count 1e3', 2, /^--count must be a whole number/],
  ['run --count 16777217 --rate 1000000', 2, /^--count must be at most 16777216/],
  ['run --count 99999999999999999999', 2, /^--count must be at most 16777216, not 99999999999999999999$/],
  ['run --rate 1e999', 2, /^--rate must be a number above 0, not "1e999"$/],
  ['run --rate -1', 2, /^--rate must be a number above 0, not -1$/],
  ['run --rate 0', 2, /^--rate must be a number above 0, not 0$/],
  ['run --rate fast', 2, /^--rate must be a number above 0, not "fast"$/],
  ['run --duration 30', 2, /^--duration must be a time with its unit, not "30"$/],
  ['run --duration -5s', 2, /^--duration must be a time with its unit, not "-5s"$/],
  ['run --fleet f --segment -1/2', 2, /^--segment must be i\/n, .* not "-1\/2"$/],
  ['run --interval soon', 2, /^--interval must be a time with its unit, not "soon"$/],
  ['run --crypto webcrypto', 2, /^--crypto must be node or noble, not "webcrypto"$/],
  ['run --pace slow', 2, /^--pace must be fast or hardware, not "slow"$/],
  ['run --seed', 2, /^--seed needs a value$/],
  ['run --count 3001', 2, /^3001 devices at 100 per second would take 30s to arrive, longer than --duration 30s$/],
  ['run --count 1 --rate 0.01', 2, /^1 device at 0\.01 per second would take 1m 40s to arrive, longer than/],
  [
    'run --count 100 --rate 1',
    2,
    /^100 devices at 1 per second would take 1m 40s to arrive, longer than --duration 30s$/,
  ],
  ['run --source-addresses wlan99', 2, /^--source-addresses: "wlan99" is neither an address nor an interface/],
  ['run --broker broker.example.com', 2, /^--broker must look like mqtts:/],
  ['run --broker mqtt://b', 2, /^--broker knows only mqtts/],
  ['run --ca @root.pem', 2, /^--ca goes with --broker$/],
  ['run --broker mqtts://b --ca @missing.pem', 2, /^--ca: cannot read .*missing\.pem: there is no such file$/],
  ['run --broker mqtts://b --ca /', 2, /^--ca: cannot read \/: it is a directory$/],
  ['run --broker mqtts://b --ca @text.pem', 2, /^--ca: .*text\.pem is not a file of PEM certificates/],
  [
    'run --broker mqtts://b --ca @damaged.pem',
    2,
    /^--ca: .*damaged\.pem is not .*: the own signature of CN=.* is wrong$/,
  ],
  ['run --broker mqtts://b --ca @broken.pem', 2, /^--ca: .*broken\.pem is not a file of PEM certificates/],
  ['run --ca-cert @root.pem', 2, /^--ca-cert needs --ca-key too$/],
  ['run --ca-key @root.key', 2, /^--ca-key needs --ca-cert too$/],
  ['run --ca-cert @missing.pem --ca-key @root.key', 2, /^--ca-cert: cannot read .*missing\.pem/],
  ['run --ca-cert @root.pem --ca-key @missing.key', 2, /^--ca-key: cannot read .*missing\.key/],
  ['run --ca-cert @text.pem --ca-key @root.key', 2, /^--ca-cert: .*text\.pem: the certificate of /],
  ['run --ca-cert @root.pem --ca-key @text.pem', 2, /^--ca-key: .*text\.pem: the key of /],
  [
    'run --ca-cert @root.pem --ca-key @other.key',
    2,
    /^--ca-key: .*other\.key: .*does not belong to the certificate of the CA/,
  ],
  ['run --ca-cert @leaf.pem --ca-key @leaf.key', 2, /^--ca-cert: .*leaf\.pem: .*is not that of a CA$/],
  ['run --ca-cert @chain.pem --ca-key @leaf.key', 2, /^--ca-cert: .*chain\.pem: .*is not that of a CA$/],
  ['run --validity 99', 2, /^--validity: a certificate in a chip is valid for 1 to 31 whole years, not 99$/],
  ['run --validity 31', 2, /^--validity: a signer issued now is valid for at most \d+ years, not 31$/],
  ['run --validity 99 --ca-cert @root.pem --ca-key @root.key', 2, /^--validity: /],
  ['run --profile nope', 104, /^there is no profile named "nope"$/],
  ['run --profile @missing.yaml', 104, /^cannot read the profile .*missing\.yaml/],
  ['run --profile @mistake.yaml', 104, /mistake\.yaml:3:21: mqtt\.keepAliveSeconds: /],
];

describe('a mistake on the command line', () => {
  test.each(MISTAKES)('emu %s exits with %i', async (line, exit, message) => {
    const complaint = await complaintOf(() => request(line));
    expect(complaint.hint ?? (exit === 2 ? '' : 'none needed')).not.toBe('');
    expect(complaint.hint ?? 'None.').toMatch(/\.$|--help$/);
    expect(complaint.message).toMatch(message);
    expect(complaint.message).not.toContain('\n');
    expect(exitCodeOf(complaint)).toBe(exit);
  });
});

describe('a run that is asked for', () => {
  test('has the documented defaults', async () => {
    const { plan, json, out } = await request('run');
    expect({ ...plan, profile: plan.profile.name, json, out }).toEqual({
      count: 500,
      rate: 100,
      durationMs: 30_000,
      profile: 'esp32-mqtts',
      profileName: 'esp32-mqtts',
      broker: 'embedded',
      trust: 'system',
      pace: 'fast',
      crypto: 'node',
      workers: 1,
      json: false,
      out: undefined,
    });
  });

  test('has what the line says', async () => {
    const { plan, json, out } = await request(
      'run --count 7 --rate 0.5 --duration 2m --interval 1s --pace hardware --crypto noble --seed x --json --out results ' +
        '--broker mqtts://[::1]:1883 --ca @bundle.pem --ca-cert @root.pem --ca-key @root.key --profile esp32-mqtts-shared',
    );
    expect(plan).toMatchObject({
      count: 7,
      rate: 0.5,
      durationMs: 120_000,
      intervalMs: 1000,
      pace: 'hardware',
      crypto: 'noble',
      seed: 'x',
      broker: { host: '::1', port: 1883 },
      profileName: 'esp32-mqtts-shared',
    });
    expect(plan.ca?.certificatePem).toContain('BEGIN CERTIFICATE');
    expect(String(plan.trust).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect({ json, out }).toEqual({ json: true, out: 'results' });
  });

  test('fits exactly into its duration', async () => {
    expect((await request('run --count 3000')).plan.count).toBe(3000);
    // From the factory to the first telemetry it is longer.
    expect((await request('run --profile azure-dps --count 9000')).plan.durationMs).toBe(90_000);
    await expect(request('run --profile azure-dps --count 9001')).rejects.toThrow(/longer than --duration 1m 30s$/);
  });

  test('says how to make a root when the broker is not given one', async () => {
    const withRoot = 'run --broker mqtts://b --ca-cert @root.pem --ca-key @root.key';
    const said = async (line: string) => notices((await request(line)).plan);
    expect(await said('run')).toHaveLength(1);
    expect(await said(withRoot)).toHaveLength(1);
    const [, , , command] = await said('run --broker mqtts://b');
    // What it says works, and its result is accepted.
    execFileSync('sh', ['-c', command ?? 'false'], { cwd: files, stdio: 'pipe' });
    expect((await request(withRoot)).plan.ca).toBeDefined();
  });

  test('says so when more workers are asked for than its cores can use', async () => {
    const { plan } = await request('run --count 500 --workers 9');
    expect(notices(plan, 2)[1]).toMatch(/^note: 9 workers share 2 cores, and each costs some 120 MB/);
    expect(notices(plan, 3)).toHaveLength(1);
  });

  test('speaks of one device as of one', async () => {
    expect(notices((await request('run --count 1')).plan)[0]).toMatch(/^1 device of /);
  });

  test('says which resolutions nothing asks for', async () => {
    const resolve = '--resolve B.test:8883:10.0.0.1 --resolve b.test:8884:10.0.0.1';
    const root = '--ca-cert @root.pem --ca-key @root.key';
    const said = async (line: string) => notices((await request(line)).plan).slice(1);
    const stray = (port: number) =>
      `note: --resolve ${port === 8883 ? 'B' : 'b'}.test:${port} has no effect: nothing in this run asks for it`;
    expect(await said(`run --broker mqtts://b.test ${root} ${resolve}`)).toEqual([stray(8884)]);
    expect(await said(`run ${resolve}`)).toEqual([stray(8883), stray(8884)]);
    // Which hub a DPS names is known when it does.
    expect(await said(`run --profile azure-dps ${resolve}`)).toEqual([]);
  });

  test('of Azure: an embedded cloud, or a DPS that has to know the root of a fleet', async () => {
    const { plan } = await request('run --profile azure-dps --hub a.test,b.test --hub c.test --id-scope 0ne1');
    expect(plan.cloud).toEqual({ idScope: '0ne1', hubs: ['a.test', 'b.test', 'c.test'] });
    expect(plan.profile).toMatchObject({ dps: { idScope: '0ne1' } });
    expect(notices(plan)).toEqual([
      '500 devices of azure-dps against an embedded cloud (no --broker given): 100/s, for 1m 30s',
    ]);
    const named = (await request('run --profile azure-dps --broker mqtts://dps.test --id-scope 0ne1')).plan;
    expect(named.cloud).toBeUndefined();
    expect(notices(named)[1]).toMatch(/^note: this fleet's root exists for this run only, so that no DPS has/);
  });

  test('says what a shared topic costs', async () => {
    const { plan } = await request('run --count 500 --profile esp32-mqtts-shared');
    expect(notices(plan).join('\n')).toContain('500 messages in and 250000 deliveries');
  });
});

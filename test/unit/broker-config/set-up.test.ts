import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BROKER_NAMES, type BrokerName, brokerSetUp, writeFiles } from '../../../src/broker-config/index.ts';

const CERTIFICATES = { clientCas: 'clients', server: 'server', serverKey: 'key', serverCa: 'ca' };
const OPTIONS = { hostName: 'broker.test', port: 8883, user: 'ada', secret: 'c0ffee' };

function setUp(name: BrokerName, options: Partial<typeof OPTIONS> = {}) {
  return brokerSetUp(name, CERTIFICATES, { ...OPTIONS, ...options });
}

function textOf(name: BrokerName, file: string, options: Partial<typeof OPTIONS> = {}): string {
  return setUp(name, options).files.find((each) => each.name === file)?.text ?? '';
}

const directory = mkdtempSync(join(tmpdir(), 'brokers-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(BROKER_NAMES)('the files for %s', (name) => {
  const { files } = setUp(name);

  it('are the certificates and a configuration that names three of them where they lie', () => {
    expect(files.slice(0, 4)).toEqual([
      { name: 'clients.pem', text: 'clients' },
      { name: 'server.pem', text: 'server' },
      { name: 'server.key', text: 'key', kind: 'secret' },
      { name: 'server-ca.pem', text: 'ca' },
    ]);
    const [configuration] = files.slice(4);
    // The directory may be copied to another machine; EMQX alone has files in a place of its own.
    const place = name === 'emqx' ? '/etc/emqx/emu/' : '';
    for (const file of ['clients.pem', 'server.pem', 'server.key']) {
      expect(configuration?.text).toMatch(new RegExp(`[ "]${place}${file.replace('.', '\\.')}"?$`, 'm'));
    }
    for (const { text } of files.slice(4)) expect(text).not.toMatch(/\/(tmp|home|root|srv|work)\b/);
  });

  it.each([
    ['broker.test', '0.0.0.0'],
    ['192.0.2.7', '0.0.0.0'],
    ['2001:db8::7', '::'],
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('for %s listen at %s alone', (hostName, address) => {
    const [configuration] = setUp(name, { hostName, port: 18_883 }).files.slice(4);
    const brackets = address.includes(':') ? `[${address}]` : address;
    expect(configuration?.text).toContain(name === 'mosquitto' ? `listener 18883 ${address}\n` : `${brackets}:18883`);
  });
});

describe('a configuration of', () => {
  it('mosquitto demands certificates and stays who starts it', () => {
    expect(textOf('mosquitto', 'mosquitto.conf', { hostName: 'localhost' }).split('\n')).toEqual(
      expect.arrayContaining(['user ada', 'require_certificate true', 'use_identity_as_username true']),
    );
  });

  it('mosquitto on another machine names no user of this one', () => {
    const lines = textOf('mosquitto', 'mosquitto.conf').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['require_certificate true', 'use_identity_as_username true']));
    expect(lines.filter((line) => line.startsWith('user'))).toEqual([]);
    expect(lines.join()).not.toContain('ada');
  });

  it('RabbitMQ knows one user, no administrator, by a secret that others may not read', () => {
    const { files } = setUp('rabbitmq');
    expect(files.find(({ name }) => name === 'rabbitmq.conf')?.kind).toBe('secret');
    expect(textOf('rabbitmq', 'rabbitmq.conf').split('\n')).toEqual(
      expect.arrayContaining([
        'listeners.tcp = none',
        'ssl_options.verify = verify_peer',
        'ssl_options.fail_if_no_peer_cert = true',
        'default_pass = c0ffee',
        'mqtt.default_pass = c0ffee',
        'default_user_tags.administrator = false',
      ]),
    );
    expect(textOf('rabbitmq', 'enabled_plugins')).toBe('[rabbitmq_mqtt].\n');
  });

  it('NATS has JetStream and a name, without which it has no MQTT', () => {
    expect(textOf('nats', 'nats.conf')).toMatch(
      /^server_name: emu\n(.*\n)*jetstream \{\n {2}store_dir: "nats-data"\n\}\nmqtt \{/m,
    );
    expect(textOf('nats', 'nats.conf')).toMatch(/verify: true/);
  });
});

/** HOCON as far as EMQX's file goes: `path = value`, `path {`, `}`; one a line. */
function hoconPaths(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  const stack: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const open = /^([\w.]+) \{$/.exec(line)?.[1];
    const [, path, value] = /^([\w.]+) = (\S.*)$/.exec(line) ?? [];
    if (open !== undefined) stack.push(open);
    else if (line === '}') expect(stack.pop(), line).toBeDefined();
    else {
      expect(path, line).toBeDefined();
      paths.set([...stack, path].join('.'), value ?? '');
    }
  }
  expect(stack).toEqual([]);
  return paths;
}

describe('the file for EMQX, which no test runs', () => {
  // docs.emqx.com/en/emqx/v5.3.2/hocon: mqtt_ssl_listener, listener_ssl_opts, mqtt; types and values as there.
  const MANUAL: readonly (readonly [path: string, value: RegExp])[] = [
    ['listeners.tcp.default.enable', /^(true|false)$/],
    ['listeners.ws.default.enable', /^(true|false)$/],
    ['listeners.wss.default.enable', /^(true|false)$/],
    ['listeners.ssl.default.enable', /^(true|false)$/],
    ['listeners.ssl.default.bind', /^"[\d.]+:\d+"$/],
    ['listeners.ssl.default.ssl_options.cacertfile', /^"[^"]+"$/],
    ['listeners.ssl.default.ssl_options.certfile', /^"[^"]+"$/],
    ['listeners.ssl.default.ssl_options.keyfile', /^"[^"]+"$/],
    ['listeners.ssl.default.ssl_options.verify', /^(verify_peer|verify_none)$/],
    ['listeners.ssl.default.ssl_options.fail_if_no_peer_cert', /^(true|false)$/],
    ['listeners.ssl.default.ssl_options.depth', /^\d+$/],
    ['listeners.ssl.default.ssl_options.versions', /^\[("tlsv1\.[0-3]"(, )?)+\]$/],
    ['mqtt.peer_cert_as_username', /^(disabled|cn|dn|crt|pem|md5)$/],
  ];

  it('parses, and has the keys and kinds of values of its Configuration Manual', () => {
    const paths = hoconPaths(textOf('emqx', 'emqx.conf'));
    expect([...paths.keys()]).toEqual(MANUAL.map(([path]) => path));
    for (const [path, value] of MANUAL) expect(paths.get(path), path).toMatch(value);
    expect(paths.get('listeners.ssl.default.ssl_options.verify')).toBe('verify_peer');
    expect(paths.get('listeners.ssl.default.ssl_options.fail_if_no_peer_cert')).toBe('true');
  });
});

describe('a command that starts a broker', () => {
  it('stands in the directory of its files', () => {
    expect(setUp('mosquitto').start).toBe('PATH="$PATH:/usr/sbin" mosquitto -c mosquitto.conf');
    expect(setUp('rabbitmq').start).toBe('./start-rabbitmq.sh');
  });

  it.each(BROKER_NAMES)('of %s says what it does', (name) => {
    const { start, starts } = setUp(name);
    expect(starts).toMatch(/systemctl/.test(start) ? /^puts .* restarts EMQX's service$/ : /in the foreground$/);
  });

  it('of EMQX may be pasted twice, and after another export', () => {
    const out = join(directory, 'emqx');
    const etc = join(directory, 'etc');
    const programs = join(directory, 'programs');
    mkdirSync(programs);
    mkdirSync(etc);
    writeFileSync(join(etc, 'emqx.conf'), 'node.name = "emqx@127.0.0.1"\n');
    // What takes root or EMQX.
    for (const [name, text] of [
      ['sudo', 'exec "$@"'],
      ['chown', ''],
      ['systemctl', ''],
    ] as const) {
      writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
    for (const port of [8883, 8883, 18_883]) {
      const { files, start } = setUp('emqx', { port });
      writeFiles(out, files);
      execFileSync('sh', ['-c', start.replaceAll('/etc/emqx', etc)], { cwd: out, env });
      expect(readFileSync(join(etc, 'emqx.conf'), 'utf8')).toBe(
        `node.name = "emqx@127.0.0.1"\n${textOf('emqx', 'emqx.conf', { port })}`,
      );
      expect(readdirSync(join(etc, 'emu')).sort()).toEqual(['clients.pem', 'server.key', 'server.pem']);
      rmSync(out, { recursive: true });
    }
  });
});

describe('writing the files', () => {
  it('keeps secrets for the owner and lets programs run', () => {
    const out = join(directory, 'new', 'rabbitmq');
    writeFiles(out, setUp('rabbitmq').files);
    const mode = (name: string) => statSync(join(out, name)).mode & 0o777;
    expect([mode('server.key'), mode('rabbitmq.conf')]).toEqual([0o600, 0o600]);
    expect(mode('start-rabbitmq.sh') & 0o700).toBe(0o700);
    expect(readFileSync(join(out, 'server.pem'), 'utf8')).toBe('server');
  });

  it('replaces nothing that is there', () => {
    const out = mkdtempSync(join(directory, 'taken-'));
    writeFileSync(join(out, 'server.key'), 'precious');
    expect(() => writeFiles(out, setUp('nats').files)).toThrow(expect.objectContaining({ code: 'EMU_E_USAGE_OUT' }));
    expect(readFileSync(join(out, 'server.key'), 'utf8')).toBe('precious');
  });

  it('says where it may not write', () => {
    for (const out of ['/proc/emu/mosquitto', join(directory, 'file', 'mosquitto')]) {
      writeFileSync(join(directory, 'file'), '');
      expect(() => writeFiles(out, [])).toThrow(expect.objectContaining({ code: 'EMU_E_USAGE_OUT', value: out }));
    }
  });
});

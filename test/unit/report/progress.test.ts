import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RunMetrics, ShardMetrics } from '../../../src/metrics/index.ts';
import { isLive, liveView, type Paint, Progress, painter, plainView } from '../../../src/report/index.ts';
import { quietGenerator } from '../../support/quiet-generator.ts';

const plain: Paint = (_style, text) => text;

function output(options: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { ...options, written, write: (text: string) => written.push(text), text: () => written.join('') };
}

describe('colours', () => {
  const environment = { NO_COLOR: undefined, TERM: 'xterm' };
  test('appear on a terminal', () => {
    expect(painter(output({ isTTY: true }), environment)('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  });
  test('do not appear elsewhere', () => {
    expect(painter(output(), environment)('red', 'x')).toBe('x');
  });
  test('do not appear with NO_COLOR, and the line is still live', () => {
    expect(painter(output({ isTTY: true }), { ...environment, NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(isLive(output({ isTTY: true }), { ...environment, NO_COLOR: '1' })).toBe(true);
  });
  test('do not appear on a dumb terminal, whose lines stay', () => {
    expect(painter(output({ isTTY: true }), { ...environment, TERM: 'dumb' })('red', 'x')).toBe('x');
    expect(isLive(output({ isTTY: true }), { ...environment, TERM: 'dumb' })).toBe(false);
  });
});

describe('the live line', () => {
  test('is redrawn in place, below the notes', () => {
    const terminal = output({ isTTY: true, columns: 40 });
    const view = liveView(terminal);
    view.status('one');
    view.note('a note');
    view.status('two');
    view.end();
    expect(terminal.text()).toBe('one\r\x1b[2Ka note\none\r\x1b[2Ktwo\n');
  });

  test('of several lines is redrawn as a whole, however many the next one has', () => {
    const terminal = output({ isTTY: true, columns: 40 });
    const view = liveView(terminal);
    view.status('one', 'two', 'three');
    view.note('a note');
    view.status('four');
    view.end();
    const clear = '\r\x1b[2K';
    const three = `${clear}\x1b[1A${clear}\x1b[1A${clear}`;
    expect(terminal.text()).toBe(`one\ntwo\nthree${three}a note\none\ntwo\nthree${three}four\n`);
  });

  test('a status that is too wide gives up its alignment before its end', () => {
    const terminal = output({ isTTY: true, columns: 80 });
    liveView(terminal).status(
      '   5.3s  connected 500  connecting   0  failed   0  msg/s 1,204/1,198  CONNACK p99 159 ms',
    );
    expect(terminal.text()).toBe('5.3s connected 500 connecting 0 failed 0 msg/s 1,204/1,198 CONNACK p99 159 ms');
  });

  test('never wraps', () => {
    const terminal = output({ isTTY: true, columns: 10 });
    liveView(terminal).status('\x1b[31m0123456789\x1b[39m');
    expect(terminal.text()).toBe('012345678');
  });
});

test('plain lines say at once that devices are made, and when all are', () => {
  const pipe = output();
  const progress = new Progress(new RunMetrics(500), plainView(pipe), plain);
  for (let provisioned = 10; provisioned <= 500; provisioned += 10)
    progress.phase({ phase: 'provisioning', provisioned, of: 500 });
  expect(pipe.text()).toBe('provisioning devices 10/500\nprovisioning devices 500/500\n');
});

/** The metrics of a shard of two devices that is never late. */
function twoDevices(): ShardMetrics {
  return new ShardMetrics(
    { from: 0, to: 2 },
    { clock: { now: () => 0 }, epoch: 0, chipCommands: () => 0, generator: quietGenerator },
  );
}

test('plain lines say the phases, each kind of failure once and at once, and how the run stands', async () => {
  const pipe = output();
  const metrics = new RunMetrics(2);
  const shard = twoDevices();
  const progress = new Progress(metrics, plainView(pipe), plain);
  progress.phase({ phase: 'provisioning', provisioned: 2, of: 2 });
  progress.phase({ phase: 'broker', broker: { host: '::1', port: 8883 }, embedded: false, service: 'broker' });
  progress.phase({ phase: 'arriving' });
  shard.arrived(0);
  shard.attemptFailed(0, 'tcp.ECONNREFUSED', 'connect ECONNREFUSED ::1:8883');
  metrics.add(0, shard.take());
  await sleep(400);
  expect(pipe.text()).toContain('failure: TCP: connection refused (device 0: connect ECONNREFUSED ::1:8883)');
  shard.arrived(1);
  shard.attemptFailed(1, 'tcp.ECONNREFUSED', 'the same');
  metrics.add(0, shard.take());
  progress.phase({ phase: 'arrived' });
  progress.phase({ phase: 'closing' });
  progress.end();
  expect(pipe.text().replace(/\d+\.\ds/, 'T')).toBe(`\
provisioning devices 2/2
broker: mqtts://[::1]:8883
failure: TCP: connection refused (device 0: connect ECONNREFUSED ::1:8883)
         Is the broker running, and does its TLS listener have this port?
all 2 devices have arrived
   T  connected 0  connecting 0  failed 2
         last 0s: msg/s 0 out 0 in
`);
});

test('a worker that ended is told, with what is lost with it', () => {
  const said = (devices: number, connected: number) => {
    const pipe = output();
    const worker = { worker: 3, reason: 'signal SIGKILL', devices, connected, not_started: 0 };
    new Progress(new RunMetrics(2), plainView(pipe), plain).phase({ phase: 'worker ended', worker });
    return pipe.text();
  };
  const ended = 'worker 3 ended (signal SIGKILL): its';
  expect(said(1200, 1000)).toBe(`${ended} 1,200 devices are lost, 1,000 of them connected; the other workers go on\n`);
  expect(said(1, 0)).toBe(`${ended} 1 device is lost, 0 of them connected; the other workers go on\n`);
});

test('more is told to who asked for it', () => {
  for (const [verbose, expected] of [
    [true, /^the first device arrives\nthe device has arrived\n.*\n.*\nclosing the devices\n$/],
    [false, /^the device has arrived\n.*\n.*\n$/],
  ] as const) {
    const pipe = output();
    const progress = new Progress(new RunMetrics(1), plainView(pipe), plain, verbose);
    for (const phase of ['arriving', 'arrived', 'closing'] as const) progress.phase({ phase });
    expect(pipe.text()).toMatch(expected);
  }
});

test('of a cloud it is said where its DPS and its hubs are', () => {
  const at = (port: number) => ({ host: '127.0.0.1', port });
  const hubs = ['a.test', 'b.test'].map((host) => ({ host, port: 8883, to: at(2) }));
  const said = (phase: Parameters<Progress['phase']>[0]) => {
    const pipe = output();
    new Progress(new RunMetrics(2), plainView(pipe), plain).phase(phase);
    return pipe.text();
  };
  expect(said({ phase: 'broker', broker: at(1), embedded: true, service: 'azure', hubs })).toBe(
    'embedded cloud: mqtts://127.0.0.1:1\nits hubs: a.test, b.test, at mqtts://127.0.0.1:2\n',
  );
  expect(said({ phase: 'broker', broker: { host: 'dps.test', port: 8883 }, embedded: false, service: 'azure' })).toBe(
    'DPS: mqtts://dps.test:8883\n',
  );
});

test('the status has a line for registrations until all have ended', () => {
  const pipe = output();
  const metrics = new RunMetrics(2);
  metrics.devicesRegister();
  const shard = twoDevices();
  const begin = () => new Progress(metrics, plainView(pipe), plain);
  shard.provisioning('began');
  shard.provisioning('began');
  shard.provisioning('registered');
  metrics.add(0, shard.take());
  const first = begin();
  first.phase({ phase: 'arriving' });
  first.end();
  expect(pipe.text()).toMatch(/^ +\d\.\ds {2}connected 0 .*\n {9}registered 1 of 2\n {9}last 0s/);
  shard.provisioning('registered');
  metrics.add(0, shard.take());
  pipe.written.length = 0;
  const second = begin();
  second.phase({ phase: 'arriving' });
  second.end();
  expect(pipe.text()).not.toContain('registered');
});

test('a broker without a CPU is not called slow', () => {
  const pipe = output();
  const metrics = new RunMetrics(2);
  const shard = twoDevices();
  const progress = new Progress(metrics, plainView(pipe), plain, false, { starved: () => true, deliveries: () => [] });
  progress.phase({ phase: 'arriving' });
  shard.arrived(0);
  shard.attemptFailed(0, 'tls.TIMEOUT', 'no ServerHello');
  metrics.add(0, shard.take());
  progress.phase({ phase: 'closing' });
  expect(pipe.text()).toMatch(/no ServerHello\)\n {9}The broker had to wait for a CPU of this machine: /);
});

test('the status has the accounts of each kind, with what arrived of it by the filter that saw most', () => {
  const pipe = output();
  const metrics = new RunMetrics(2);
  const shard = twoDevices();
  const nothing = { sent: 0, delivered: 0, lost: 0 };
  const delivery = (sent: number, delivered: number, lost: number) => ({
    telemetry: { sent, delivered, lost },
    script: nothing,
  });
  const deliveries = () => [delivery(3, 3, 0), delivery(1040, 1010, 20), delivery(1040, 1040, 0)];
  const progress = new Progress(metrics, plainView(pipe), plain, false, { starved: () => false, deliveries });
  progress.phase({ phase: 'arriving' });
  shard.messagesDue('telemetry', 1200);
  for (let i = 0; i < 1040; i++) shard.messageSent('telemetry');
  shard.messagesNotSent('telemetry', 'before_first_connack', 100);
  shard.messagesNotSent('telemetry', 'generator_late', 40);
  shard.messagesNotSent('telemetry', 'no_connection', 20);
  metrics.add(0, shard.take());
  progress.phase({ phase: 'closing' });
  const account = 'due 1,200, sent 1,040, not sent 60 (generator late), delivered 1,010, lost 20, before CONNACK 100';
  expect(pipe.text()).toContain(`last 0s: msg/s 0 out 0 in\n         telemetry: ${account}\n`);
  expect(pipe.text()).not.toContain('script');
});

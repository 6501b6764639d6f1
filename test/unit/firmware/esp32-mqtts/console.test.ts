import { describe, expect, it } from 'vitest';
import {
  CONNECT,
  CONNECTED,
  CREDENTIALS,
  DOWN,
  expectConsole,
  HEAP,
  NOT_CONNECTED,
  ofMqttTask,
  STACK,
  start,
} from '../../../support/console.ts';
import { obediently } from '../../../support/memory-broker.ts';
import { type TwinSetUp, twinBench } from '../../../support/twin.ts';

function publishOf(topic: string, payload: string): string {
  const body = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic + payload)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]).toString('hex');
}

async function consoleOf(setUp: TwinSetUp, ms: number) {
  const lines: string[] = [];
  const bench = await twinBench({ ...setUp, console: (line) => lines.push(line) });
  bench.twin.boot();
  await bench.clock.advance(ms);
  return { ...bench, lines };
}

describe('the serial console', () => {
  it("shows a start in hardware pace as the original firmware's does, line by line", async () => {
    const { lines } = await consoleOf({ pace: 'hardware' }, 9000);
    // Quirk: the first sample is taken before the link is up, and lost.
    expectConsole(lines, [
      ...start('mqtts://broker.test:8883'),
      ...HEAP,
      STACK,
      NOT_CONNECTED,
      ...CREDENTIALS,
      CONNECT,
      ...CONNECTED,
    ]);
  });

  it('shows the random number, serial number and configuration of its chip', async () => {
    const { lines, made } = await consoleOf({}, 0);
    const serial = Buffer.from(made.serialNumber).toString('hex').replace(/../g, '$& ');
    expect(lines[lines.indexOf('Serial Number:') + 1]).toBe(serial);
    const config = lines.slice(lines.indexOf('Config Zone data:') + 1).slice(0, 16);
    expect(Buffer.from(config.join('').replaceAll(' ', ''), 'hex')).toEqual(Buffer.from(made.memory.subarray(0, 128)));
  });

  it('counts milliseconds from the boot', async () => {
    const { lines } = await consoleOf({ start: 5_000_000 }, 41);
    expect(lines[0]).toBe('I (0) ECC608: [APP] Startup..');
    expect(lines).toContain("I (40) ECC608: Stack remaining for task 'main' is 1904 bytes");
  });

  it('shows messages with the length of their packet, and the heap at every turn of the loop', async () => {
    const payload = '{"Temparature": "26.485141" , "Pressure": "1004.483107" , "Humidity": "53.987691"}';
    const { lines, broker, clock } = await consoleOf({}, 100);
    lines.length = 0;
    broker.last.send(publishOf('/topic/qos0', payload), publishOf('/topic/qos0', 'data'));
    await clock.advance(10_000);
    expectConsole(lines, [
      'I (<T>) MQTT_CLIENT: deliver_publish, message_length_read=97, message_length=97',
      'I (<T>) ECC608: MQTT_EVENT_DATA',
      'TOPIC=/topic/qos0',
      `DATA=${payload}`,
      'I (<T>) MQTT_CLIENT: deliver_publish, message_length_read=19, message_length=19',
      'I (<T>) ECC608: MQTT_EVENT_DATA',
      'TOPIC=/topic/qos0',
      'DATA=data',
      ...HEAP,
      STACK,
    ]);
  });

  it('shows the length of a read that took more than its packet', async () => {
    const { lines, broker, clock } = await consoleOf({}, 100);
    lines.length = 0;
    broker.last.sendTogether(publishOf('/topic/qos0', 'data'), publishOf('/topic/qos0', 'lost'));
    await clock.advance(1);
    expect(lines[0]).toMatch(/deliver_publish, message_length_read=38, message_length=19$/);
    expect(lines).not.toContain('DATA=lost');
  });

  it('shows a message longer than the buffer in pieces, only the first with the topic', async () => {
    const { lines, broker, clock } = await consoleOf({}, 100);
    lines.length = 0;
    const body = Buffer.concat([Buffer.from([0, 1]), Buffer.from(`t${'x'.repeat(1500)}`)]);
    const header = Buffer.from([0x30, (body.length & 0x7f) | 0x80, body.length >> 7]);
    broker.last.send(Buffer.concat([header, body]).toString('hex'));
    await clock.advance(1);
    expectConsole(lines, [
      'I (<T>) MQTT_CLIENT: deliver_publish, message_length_read=1024, message_length=1506',
      'I (<T>) ECC608: MQTT_EVENT_DATA',
      'TOPIC=t',
      `DATA=${'x'.repeat(1018)}`,
      'I (<T>) ECC608: MQTT_EVENT_DATA',
      'TOPIC=',
      `DATA=${'x'.repeat(482)}`,
    ]);
  });

  it.each<[string, TwinSetUp['script'], readonly string[]]>([
    ['a TCP connection refused', { tcp: 'refuse' }, ['E (<T>) MQTT_CLIENT: Error transport connect']],
    [
      'no CONNACK',
      { answer: () => {} },
      [
        CONNECT,
        'E (<T>) MQTT_CLIENT: Invalid MSG_TYPE response: 0, read_len: 0',
        'I (<T>) MQTT_CLIENT: Error MQTT Connected',
      ],
    ],
    [
      'something else for a CONNACK',
      { answer: (_packet, connection) => connection.send('d000') },
      [
        CONNECT,
        'E (<T>) MQTT_CLIENT: Invalid MSG_TYPE response: 13, read_len: 2',
        'I (<T>) MQTT_CLIENT: Error MQTT Connected',
      ],
    ],
    [
      'CONNACK 5',
      { answer: (_packet, connection) => connection.send('20020005') },
      [CONNECT, 'W (<T>) MQTT_CLIENT: Connection refused, not authorized', 'I (<T>) MQTT_CLIENT: Error MQTT Connected'],
    ],
    [
      'CONNACK 2, which the firmware has no name for',
      { answer: (_packet, connection) => connection.send('20020002') },
      [CONNECT, 'W (<T>) MQTT_CLIENT: Connection refused, Unknow reason', 'I (<T>) MQTT_CLIENT: Error MQTT Connected'],
    ],
    [
      'a hang-up before the CONNACK',
      { answer: (_packet, connection) => connection.hangUp() },
      [CONNECT, 'E (<T>) MQTT_CLIENT: Error network response', 'I (<T>) MQTT_CLIENT: Error MQTT Connected'],
    ],
  ])('says why there is no connection: %s', async (_what, script, why) => {
    const { lines } = await consoleOf({ script: script ?? {} }, 10_001);
    const mqttTask = lines.slice(lines.indexOf(CREDENTIALS[0] as string)).filter(ofMqttTask);
    expectConsole(mqttTask, [...CREDENTIALS, ...why, ...DOWN]);
  });

  it('shows the end of a connection and the next one', async () => {
    const { lines, broker, clock } = await consoleOf({}, 100);
    lines.length = 0;
    broker.last.hangUp();
    await clock.advance(15_001);
    expectConsole(lines.filter(ofMqttTask), [
      'E (<T>) MQTT_CLIENT: Read error or end of stream',
      ...DOWN,
      ...CREDENTIALS,
      CONNECT,
      ...CONNECTED,
    ]);
  });

  it('shows the end of a connection and that the next one was refused', async () => {
    const { lines, broker, clock } = await consoleOf({}, 100);
    lines.length = 0;
    broker.script = { tcp: 'refuse' };
    broker.last.hangUp();
    await clock.advance(15_001);
    expectConsole(lines.filter(ofMqttTask), [
      'E (<T>) MQTT_CLIENT: Read error or end of stream',
      ...DOWN,
      ...CREDENTIALS,
      'E (<T>) MQTT_CLIENT: Error transport connect',
      ...DOWN,
    ]);
  });

  it('shows that a ping was never answered', async () => {
    const deaf: TwinSetUp['script'] = {
      answer: (packet, connection) => packet !== 'c000' && obediently(packet, connection),
    };
    const { lines, clock } = await consoleOf({ intervalMs: 1_000_000, script: deaf }, 100);
    lines.length = 0;
    await clock.advance(130_000);
    expectConsole(lines, ['E (<T>) MQTT_CLIENT: No PING_RESP, disconnected', ...DOWN]);
  });
});

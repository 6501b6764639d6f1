import { describe, expect, it } from 'vitest';
import { MqttLines } from '../../../src/trace/mqtt-lines.ts';

function linesOf(...records: string[]): string[] {
  const lines: string[] = [];
  const mqtt = new MqttLines((line) => lines.push(line));
  for (const record of records) mqtt.record(Buffer.from(record, 'hex'));
  return lines;
}

const hex = (text: string) => Buffer.from(text).toString('hex');

describe('packets as lines', () => {
  it.each([
    [`101800044d51545404020078000c${hex('ESP32_b4E6A1')}`, 'CONNECT client="ESP32_b4E6A1" keepalive=120 clean=1'],
    ['20020000', 'CONNACK code=0 session=0'],
    ['20020105', 'CONNACK code=5 session=1'],
    [`8210bdfd000b${hex('/topic/qos0')}00`, 'SUBSCRIBE id=48637 "/topic/qos0" qos=0'],
    ['9003bdfd00', 'SUBACK id=48637 granted=0'],
    [`a20fbdfd000b${hex('/topic/qos1')}`, 'UNSUBSCRIBE id=48637 "/topic/qos1"'],
    ['b002bdfd', 'UNSUBACK id=48637'],
    [`3011000b${hex('/topic/qos0data')}`, 'PUBLISH "/topic/qos0" qos=0 retain=0 "data"'],
    ['3b090001310007220aff00', 'PUBLISH "1" qos=1 retain=1 dup=1 id=7 hex 220aff00'],
    ['40020007', 'PUBACK id=7'],
    ['c000', 'PINGREQ'],
    ['d000', 'PINGRESP'],
    ['e000', 'DISCONNECT'],
  ])('%s', (packet, line) => {
    expect(linesOf(packet)).toEqual([line]);
  });

  it('cuts a long payload and says how long it was', () => {
    const body = `000174${hex('x'.repeat(300))}`;
    expect(linesOf(`30af02${body}`)).toEqual([`PUBLISH "t" qos=0 retain=0 "${'x'.repeat(256)}" … 300 bytes`]);
  });

  it('marks what the firmware does not see, and puts packets together that come in pieces', () => {
    expect(linesOf('9003000100b0020002', 'd0', '00')).toEqual([
      'SUBACK id=1 granted=0',
      'UNSUBACK id=2 ; in one record with the packet before it',
      'PINGRESP',
    ]);
  });

  it('says what is malformed and goes on with the next record', () => {
    const [malformed, next] = linesOf('f000', 'd000');
    expect(malformed).toMatch(/^malformed: /);
    expect(next).toBe('PINGRESP');
  });
});

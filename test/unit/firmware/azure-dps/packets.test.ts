import { describe, expect, it } from 'vitest';
import { azureProfile, HUB, OPERATION, provisionedBench } from '../../../support/azure-twin.ts';

const ascii = (text: string) => Buffer.from(text).toString('hex');
const bytes = (...parts: readonly string[]) => parts.join('').replaceAll(' ', '');

/** The serial number of device 0: 18 digits, 12 bytes in hexadecimal. */
const ID = '0123ffac64afdf56ee';
const MQTT = '0004 4d515454 04';
const EVENTS = `devices/${ID}/messages/events/`; // 43 bytes, 2b
const DEVICE_BOUND = `devices/${ID}/messages/devicebound/#`; // 49 bytes, 31

/** A QoS 1 PUBLISH of 25 bytes on the topic of events: 2 + 43 + 2 + 25 = 72, 48. */
const message = (id: string, index: 0 | 1) =>
  bytes('32 48', '002b', ascii(EVENTS), id, ascii(`{ "message_index" : "${index}" }`));

describe('a registration, packet by packet', () => {
  it('of azure-dps at the DPS: CONNECT, SUBSCRIBE, register, poll, DISCONNECT', async () => {
    const { dps, serialNumber } = await provisionedBench();
    expect(serialNumber).toBe(ID);
    const username = `0ne00000000/registrations/${ID}/api-version=2018-09-01-preview&ClientVersion=1.2.14`; // 96, 60
    const poll = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${OPERATION}`; // 125, 7d
    expect(dps.connections.map(({ packets }) => packets)).toEqual([
      [
        // User name and clean session, keep-alive 0: 10 + 20 + 98 = 128 bytes.
        bytes('10 8001', MQTT, '82 0000', '0012', ascii(ID), '0060', ascii(username)),
        bytes('82 1d', '0001', '0018', ascii('$dps/registrations/res/#'), '01'),
        // QoS 0, and not one byte of payload.
        bytes('30 30', '002e', ascii('$dps/registrations/PUT/iotdps-register/?$rid=1')),
        bytes('30 7f', '007d', ascii(poll)),
        'e000',
      ],
    ]);
  });

  it('of azure-dps at the hub: CONNECT, SUBSCRIBE, two messages, DISCONNECT', async () => {
    const { hub } = await provisionedBench();
    const type = 'iothubclient%2f1.2.14%20(native%3b%20freertos%3b%20esp%20platform)';
    const username = `${HUB}/${ID}/?api-version=2017-11-08-preview&DeviceClientType=${type}`; // 159, 9f
    expect(hub.connections[0]?.packets).toEqual([
      // The session is kept, keep-alive 240: 10 + 20 + 161 = 191 bytes.
      bytes('10 bf01', MQTT, '80 00f0', '0012', ascii(ID), '009f', ascii(username)),
      bytes('82 36', '0002', '0031', ascii(DEVICE_BOUND), '01'),
      message('0003', 0),
      message('0004', 1),
      'e000',
    ]);
  });

  it('of azure-dps at the hub again, for the telemetry', async () => {
    const { hub } = await provisionedBench();
    const username = `${HUB}/${ID}/?api-version=2018-06-30`; // 67, 43
    const [connect, subscribe = '', data = '', sample = '', ...others] = hub.connections[1]?.packets ?? [];
    expect(others).toEqual([]);
    expect(connect).toBe(bytes('10 63', MQTT, '82 0078', '0012', ascii(ID), '0043', ascii(username)));
    // Packet ids are random.
    const idsAt = (packet: string, from: number) => packet.slice(0, from) + packet.slice(from + 4);
    expect(idsAt(subscribe, 4)).toBe(bytes('82 36', '0031', ascii(DEVICE_BOUND), '01'));
    expect(idsAt(data, 94)).toBe(bytes('32 33', '002b', ascii(EVENTS), ascii('data')));
    expect(sample.slice(0, 94)).toBe(bytes('32 75', '002b', ascii(EVENTS)));
    expect(Buffer.from(sample.slice(98), 'hex').toString()).toMatch(
      /^\{"Temparature": "\d\d\.\d\d" , "Pressure": "\d{4}\.\d\d" , "Humidity": "\d\d\.\d\d"\}$/,
    );
  });

  it('of azure-dps-2026 at the DPS: a new version, and the registration id as JSON', async () => {
    const { dps } = await provisionedBench({ profile: azureProfile('azure-dps-2026') });
    const username = `0ne00000000/registrations/${ID}/api-version=2021-06-01&ClientVersion=1.15.0`; // 88, 58
    const poll = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${OPERATION}`;
    const body = `{"registrationId":"${ID}"}`; // 39, 27
    expect(dps.last.packets).toEqual([
      bytes('10 78', MQTT, '82 0000', '0012', ascii(ID), '0058', ascii(username)),
      bytes('82 1d', '0001', '0018', ascii('$dps/registrations/res/#'), '01'),
      bytes('30 57', '002e', ascii('$dps/registrations/PUT/iotdps-register/?$rid=1'), ascii(body)),
      bytes('30 a601', '007d', ascii(poll), ascii(body)),
      'e000',
    ]);
  });

  it('of azure-dps-2026 at the hub again: all filters in one SUBSCRIBE, then the twin', async () => {
    const { hub } = await provisionedBench({ profile: azureProfile('azure-dps-2026') });
    const type = 'iothubclient%2f1.15.0%20(native%3b%20freertos%3b%20esp%20platform)';
    const username = `${HUB}/${ID}/?api-version=2020-09-30&DeviceClientType=${type}`; // 151, 97
    const filter = (text: string, length: string, qos: string) => bytes(length, ascii(text), qos);
    expect(hub.connections[1]?.packets.slice(0, 3)).toEqual([
      bytes('10 b701', MQTT, '80 00f0', '0012', ascii(ID), '0097', ascii(username)),
      bytes(
        ...['82 8e01', '0002', filter(DEVICE_BOUND, '0031', '01'), filter('$iothub/twin/res/#', '0012', '00')],
        filter('$iothub/twin/PATCH/properties/desired/#', '0027', '00'),
        filter('$iothub/methods/POST/#', '0016', '00'),
      ),
      bytes('30 1a', '0018', ascii('$iothub/twin/GET/?$rid=3')),
    ]);
  });
});

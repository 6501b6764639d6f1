import { z } from 'zod';
import { profileParts, rule } from '../../device/index.ts';
import { bufferParts, esp32Parts, keepAliveParts, keepsAlive, requestParts, requestsFit } from '../../esp32/index.ts';
import { clientIdFrom } from '../../mqtt/index.ts';

const clientSettings = z.strictObject({
  /** Followed by the last three bytes of the MAC address, in hexadecimal. */
  clientIdPrefix: profileParts.clientIdPrefix(6),
  ...esp32Parts.clientSettings.shape,
});

const mqtt = clientSettings.check(rule(keepAliveParts, keepsAlive));

const { clientIdPrefix } = clientSettings.shape;
const requests = z.object({ mqtt: z.object({ clientIdPrefix, ...bufferParts }), ...requestParts });

export const esp32MqttsProfile = z
  .strictObject({
    ...profileParts.head,
    firmware: z.literal('esp32-mqtts'),
    chip: profileParts.chip,
    certificates: profileParts.certificates,
    tls: profileParts.tls,
    mqtt,
    script: esp32Parts.script,
    telemetry: esp32Parts.telemetry,
    sensor: esp32Parts.sensor,
  })
  .check(
    rule(requests, (parts, context) => {
      requestsFit(parts, clientIdFrom(new Uint8Array(3), parts.mqtt.clientIdPrefix), context);
    }),
  );

export type Esp32MqttsProfile = z.output<typeof esp32MqttsProfile>;

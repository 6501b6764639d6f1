import { z } from 'zod';

/** As text that is sent: C's end at U+0000, and half a surrogate pair has no UTF-8 [MQTT-1.5.3-1]. */
export const text = z
  .string()
  .regex(/^[^\0]*$/, 'U+0000 would end the text')
  .refine((value) => !/\p{Surrogate}/u.test(value), 'half a character (a lone surrogate)');

/** Of MQTT topics. `{clientId}` stands for the device's client id; any other brace is a slip. */
const topic = text
  .min(1)
  .max(1000)
  .refine((value) => !/[{}]/.test(value.replaceAll('{clientId}', '')), 'the only placeholder is {clientId}');

/** [MQTT-4.7.1-2, MQTT-4.7.1-3] */
export const topicFilter = topic.regex(
  /^(?:(?:[^+#/]*|\+)\/)*(?:[^+#/]*|[+#])$/,
  'a wildcard stands alone in its level (/+/), and # in the last one',
);

/** Wildcards are for subscriptions alone [MQTT-3.3.2-2]. */
export const topicName = topic.regex(/^[^+#]*$/, 'a topic to publish on has no wildcard (+ or #)');

/** What of a client id the profile says: as long as the rest has `rest` bytes, a server must accept it [MQTT-3.1.3-5]. */
export function clientIdPrefix(rest: number) {
  return text
    .regex(/^[^+#/]*$/, 'a client id stands in topics: it has no +, # or /')
    .refine((value) => new TextEncoder().encode(value).length <= 23 - rest, `expected at most ${23 - rest} bytes`);
}

/** A name in a certificate (X.520's upper bound). */
export const distinguishedName = text
  .min(1)
  .max(64)
  .refine((value) => !/\p{Cc}/u.test(value), 'a name has no control characters');

import { z } from 'zod';
import { requestSize } from '../mqtt/index.ts';
import { compileFormat } from '../printf/index.ts';
import { clientSettings, type Script, type ScriptStep, script, telemetry } from './profile.ts';
import { topicOf } from './topics.ts';

const { bufferBytes, keepAliveSeconds, readPollMs } = clientSettings.shape;
const { topic, qos, payload } = telemetry.shape;

/** What `keepsAlive` sees of a profile's `mqtt`. */
export const keepAliveParts = z.object({ keepAliveSeconds, readPollMs });

/**
 * A PINGREQ is due after half the keep-alive, and sent when the read that is under way then has ended. The broker hangs up after
 * one and a half [MQTT-3.1.2-24].
 */
export function keepsAlive(
  { keepAliveSeconds, readPollMs }: z.output<typeof keepAliveParts>,
  context: z.RefinementCtx,
): void {
  if (readPollMs <= keepAliveSeconds * 1000) return;
  const message = `a read that waits longer than keepAliveSeconds (${keepAliveSeconds}) keeps no connection alive`;
  context.addIssue({ code: 'custom', path: ['readPollMs'], message });
}

/** What `requestsFit` sees of a profile. */
export const requestParts = { script, telemetry: z.object({ topic, qos, payload }) };
export const bufferParts = { bufferBytes };

interface Requests {
  readonly mqtt: { readonly bufferBytes: number };
  readonly script: Script;
  readonly telemetry: { readonly topic: string; readonly qos: 0 | 1 | 2; readonly payload: string };
}

/**
 * What the client refuses every time, because its buffer is too small for it, is never sent.
 * @param clientId one that is as long as those of the devices
 */
export function requestsFit({ mqtt, script, telemetry }: Requests, clientId: string, context: z.RefinementCtx): void {
  const requireRoom = (bytes: number, path: PropertyKey[]) => {
    if (bytes <= mqtt.bufferBytes) return;
    const message = `its packet takes ${bytes} bytes of mqtt.bufferBytes (${mqtt.bufferBytes}): it would never be sent`;
    context.addIssue({ code: 'custom', path, message });
  };
  for (const event of ['onConnected', 'onSubscribed'] as const) {
    for (const [index, step] of script[event].entries()) {
      requireRoom(sizeOf(step, clientId), ['script', event, index, Object.keys(step)[0] ?? '']);
    }
  }
  // 0.000000 is the shortest number of %f.
  const payload = compileFormat(telemetry.payload)(0, 0, 0);
  requireRoom(sizeOf({ publish: { ...telemetry, payload } }, clientId), ['telemetry', 'payload']);
}

/** What a step takes of the client's output buffer. */
function sizeOf(step: ScriptStep, clientId: string): number {
  const messageId = 1;
  if ('publish' in step) {
    const { topic, payload, qos } = step.publish;
    return requestSize({
      ...{ cmd: 'publish', topic: topicOf(topic, clientId), payload, qos, messageId, dup: false, retain: false },
    });
  }
  if ('subscribe' in step) {
    const { topic, qos } = step.subscribe;
    return requestSize({ cmd: 'subscribe', messageId, subscriptions: [{ topic: topicOf(topic, clientId), qos }] });
  }
  const unsubscriptions = [topicOf(step.unsubscribe.topic, clientId)];
  return requestSize({ cmd: 'unsubscribe', messageId, unsubscriptions });
}

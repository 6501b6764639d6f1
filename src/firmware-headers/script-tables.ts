import type { Profile } from '../../emulator/firmware/index.ts';
import { type CStruct, literal } from './c-text.ts';

type Step = Profile['script']['onConnected'][number];

/** The arrays of the steps, where there are any. */
export function scriptArrays({ script }: Profile): string {
  return stepArray('ON_CONNECTED', script.onConnected) + stepArray('ON_SUBSCRIBED', script.onSubscribed);
}

/** `struct profile_script`. */
export function scriptTable({ script }: Profile): CStruct {
  const { onConnected, onSubscribed } = script;
  return {
    on_connected: onConnected.length === 0 ? 'NULL' : 'ON_CONNECTED',
    on_connected_count: `${onConnected.length}`,
    on_subscribed: onSubscribed.length === 0 ? 'NULL' : 'ON_SUBSCRIBED',
    on_subscribed_count: `${onSubscribed.length}`,
  };
}

function stepArray(name: string, steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  return `\nstatic const struct profile_step ${name}[] = {\n${steps.map((step) => `  ${stepText(step)},\n`).join('')}};\n`;
}

function stepText(step: Step): string {
  if ('subscribe' in step) return `{PROFILE_SUBSCRIBE, ${literal(step.subscribe.topic)}, NULL, ${step.subscribe.qos}}`;
  if ('unsubscribe' in step) return `{PROFILE_UNSUBSCRIBE, ${literal(step.unsubscribe.topic)}, NULL, 0}`;
  const { topic, payload, qos } = step.publish;
  return `{PROFILE_PUBLISH, ${literal(topic)}, ${literal(payload)}, ${qos}}`;
}

import type { Traffic } from '../firmware.ts';
import type { Esp32MqttsProfile } from './profile.ts';

const CLIENT_ID = '{clientId}';

/** A topic of a profile as a device with this client id has it. */
export function topicOf(pattern: string, clientId: string): string {
  return pattern.replaceAll(CLIENT_ID, clientId);
}

export function trafficOf({ script, telemetry: { topic } }: Pick<Esp32MqttsProfile, 'script' | 'telemetry'>): Traffic {
  const isOwn = topic.includes(CLIENT_ID);
  const levels = topic.split('/').map((level) => (level.includes(CLIENT_ID) ? '+' : level));
  return {
    telemetryFilter: levels.join('/'),
    ownTopic: (clientId) => (isOwn ? topicOf(topic, clientId) : undefined),
    fansOut: !isOwn && script.onConnected.some((step) => 'subscribe' in step && step.subscribe.topic === topic),
  };
}

import { isOwnTopic, topicOf } from '../../esp32/index.ts';
import type { Traffic } from '../firmware.ts';
import type { Esp32MqttsProfile } from './profile.ts';

export function trafficOf({ script, telemetry: { topic } }: Pick<Esp32MqttsProfile, 'script' | 'telemetry'>): Traffic {
  const isOwn = isOwnTopic(topic);
  const levels = topic.split('/').map((level) => (isOwnTopic(level) ? '+' : level));
  return {
    telemetryFilter: levels.join('/'),
    ownTopic: (clientId) => (isOwn ? topicOf(topic, clientId) : undefined),
    fansOut: !isOwn && script.onConnected.some((step) => 'subscribe' in step && step.subscribe.topic === topic),
  };
}

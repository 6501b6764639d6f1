import { rawQuery } from '../query.ts';
import { type PropertyBag, parsePropertyBag } from './property-bag.ts';

/** What a device may subscribe, by what it is for. */
export type Filter = 'messages' | 'twin' | 'desired' | 'methods';

/** What a device says by the topic that it publishes to. */
export type HubTopic =
  | { readonly kind: 'event'; readonly properties: PropertyBag }
  | { readonly kind: 'twin'; readonly rid: string }
  | { readonly kind: 'reported'; readonly rid: string }
  | { readonly kind: 'method'; readonly rid: string; readonly status: number };

/** Undefined for a topic that is none of this device's. @throws URIError for properties that are not encoded */
export function parseTopic(topic: string, deviceId: string): HubTopic | undefined {
  const events = `devices/${deviceId}/messages/events/`;
  if (topic.startsWith(events)) return { kind: 'event', properties: parsePropertyBag(topic.slice(events.length)) };
  const [, what, status, query = ''] =
    /^\$iothub\/(twin\/GET|twin\/PATCH\/properties\/reported|methods\/res\/(-?\d{1,9}))\/\?(.*)$/s.exec(topic) ?? [];
  const rid = rawQuery(query).get('$rid');
  if (what === undefined || rid === undefined) return undefined;
  if (status !== undefined) return { kind: 'method', rid, status: Number(status) };
  return { kind: what === 'twin/GET' ? 'twin' : 'reported', rid };
}

const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ['$iothub/twin/res/#', 'twin'],
  ['$iothub/twin/PATCH/properties/desired/#', 'desired'],
  ['$iothub/methods/POST/#', 'methods'],
]);

/** Undefined for a filter that is none of this device's; wildcards elsewhere are not supported. */
export function parseFilter(filter: string, deviceId: string): Filter | undefined {
  return filter === `devices/${deviceId}/messages/devicebound/#` ? 'messages' : FILTERS.get(filter);
}

export function messageTopic(deviceId: string, properties: string): string {
  return `devices/${deviceId}/messages/devicebound/${properties}`;
}

export function twinAnswerTopic(status: number, rid: string, version?: number): string {
  return `$iothub/twin/res/${status}/?$rid=${rid}${version === undefined ? '' : `&$version=${version}`}`;
}

export function desiredTopic(version: number): string {
  return `$iothub/twin/PATCH/properties/desired/?$version=${version}`;
}

export function methodTopic(name: string, rid: string): string {
  return `$iothub/methods/POST/${encodeURIComponent(name)}/?$rid=${rid}`;
}

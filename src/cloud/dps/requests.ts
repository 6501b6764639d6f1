import { rawQuery } from '../query.ts';

/** What a device asks by the topic that it publishes to. */
export type DpsRequest =
  | { readonly kind: 'register'; readonly rid: string }
  | { readonly kind: 'operation'; readonly rid: string; readonly operationId: string };

/** Undefined for a topic that is none of the DPS's. */
export function parseRequest(topic: string): DpsRequest | undefined {
  const [, kind, query = ''] =
    /^\$dps\/registrations\/(PUT\/iotdps-register|GET\/iotdps-get-operationstatus)\/\?(.*)$/s.exec(topic) ?? [];
  const members = rawQuery(query);
  const rid = members.get('$rid');
  if (kind === undefined || rid === undefined) return undefined;
  if (kind.startsWith('PUT')) return { kind: 'register', rid };
  return { kind: 'operation', rid, operationId: members.get('operationId') ?? '' };
}

import { type Issued, issue } from './chains.ts';
import { HUB, ID_SCOPE, type MemoryClient, type MemoryCloud } from './memory-cloud.ts';

export const RESPONSES = '$dps/registrations/res/#';

/** A device's own certificate. */
export function leaf(subject: string, issuer?: Issued): Promise<Issued> {
  return issue({ subject, ...(issuer && { issuer }) });
}

export function dpsUser(id: string, { scope = ID_SCOPE, version = '2019-03-31' } = {}): string {
  return `${scope}/registrations/${id}/api-version=${version}`;
}

export function hubUser(id: string, hub = HUB): string {
  return `${hub}/${id}/?api-version=2021-04-12`;
}

/** A client that the DPS let in and that hears its answers. */
export async function atDps(cloud: MemoryCloud, id: string, chain: readonly Issued[]): Promise<MemoryClient> {
  const client = cloud.dps(chain);
  const code = await client.connect({ clientId: id, username: dpsUser(id) });
  if (code !== 0) throw new Error(`the DPS refused with ${code}`);
  await client.subscribe(RESPONSES);
  return client;
}

export interface DpsAnswer {
  readonly topic: string;
  readonly status: number;
  readonly body: DpsBody;
}

/** The members that tests look at. */
export interface DpsBody {
  readonly status?: string;
  readonly operationId?: string;
  readonly errorCode?: number;
  readonly registrationState?: Readonly<Record<string, unknown>>;
}

export async function register(client: MemoryClient, body = '', rid = '1'): Promise<DpsAnswer> {
  client.publish(`$dps/registrations/PUT/iotdps-register/?$rid=${rid}`, body);
  return answerOf(await client.message());
}

export async function poll(client: MemoryClient, operationId = '', rid = '2'): Promise<DpsAnswer> {
  client.publish(`$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`);
  return answerOf(await client.message());
}

/** From its first connection to where the DPS sends it; the whole last answer. */
export async function registered(cloud: MemoryCloud, id: string, chain: readonly Issued[]): Promise<DpsAnswer> {
  const client = await atDps(cloud, id, chain);
  const begun = await register(client);
  const ended = begun.status === 202 ? await poll(client, begun.body.operationId) : begun;
  client.vanish();
  return ended;
}

function answerOf(message: { topic: string; text: string } | undefined): DpsAnswer {
  if (message === undefined) throw new Error('the DPS hung up');
  const [, status] = /^\$dps\/registrations\/res\/(\d+)\//.exec(message.topic) ?? [];
  return { topic: message.topic, status: Number(status), body: JSON.parse(message.text) };
}

/** A device that its hub let in; `filters` are subscribed. */
export async function atHub(
  cloud: MemoryCloud,
  id: string,
  chain: readonly Issued[],
  { clean = true, filters = [] as readonly string[], hub = HUB } = {},
): Promise<MemoryClient> {
  const client = cloud.hub(chain);
  const code = await client.connect({ clientId: id, username: hubUser(id, hub), clean });
  if (code !== 0) throw new Error(`the hub refused with ${code}`);
  for (const filter of filters) await client.subscribe(filter);
  return client;
}

/** What mosquitto's log, at `log_type all`, tells of one client. */
export interface LoggedClient {
  readonly id: string;
  /** One entry for each accepted CONNECT: seconds since 1970 and the user name. */
  readonly connects: { readonly at: number; readonly username: string | undefined; readonly keepalive: number }[];
  /** SUBSCRIBE, UNSUBSCRIBE and PUBLISH in the order mosquitto received them: `SUB /t qos0`, `UNSUB /t`, `PUB /t qos0 4`. */
  readonly requests: string[];
}

const LINE = /^(\d+): (.*)$/;
const CONNECT = /^New client connected from \S+ as (\S+) \(p2, c1, k(\d+)(?:, u'([^']*)')?\)\.$/;
const REQUEST = /^Received (SUBSCRIBE|UNSUBSCRIBE) from (\S+)$/;
const SUBSCRIBE_TOPIC = /^\t(\S+) \(QoS (\d)\)$/;
const UNSUBSCRIBE_TOPIC = /^\t(\S+)$/;
const PUBLISH = /^Received PUBLISH from (\S+) \(d\d, q(\d), r\d, m\d+, '([^']*)', \.\.\. \((\d+) bytes\)\)$/;

/** Sorts a log by client id. The topics of a SUBSCRIBE follow its line; mosquitto has one thread and never mixes them. */
export function readMosquittoLog(log: string): ReadonlyMap<string, LoggedClient> {
  const clients = new Map<string, LoggedClient>();
  const of = (id: string) => {
    const client = clients.get(id) ?? { id, connects: [], requests: [] };
    clients.set(id, client);
    return client;
  };
  let request = '';
  let requester = '';
  for (const line of log.split('\n')) {
    const [, at, text = ''] = LINE.exec(line) ?? [];
    if (text.startsWith('\t')) {
      const [, topic, qos] = (request === 'SUBSCRIBE' ? SUBSCRIBE_TOPIC : UNSUBSCRIBE_TOPIC).exec(text) ?? [];
      if (topic !== undefined)
        of(requester).requests.push(qos === undefined ? `UNSUB ${topic}` : `SUB ${topic} qos${qos}`);
      continue;
    }
    const [, id, keepalive, username] = CONNECT.exec(text) ?? [];
    if (id !== undefined) of(id).connects.push({ at: Number(at), username, keepalive: Number(keepalive) });
    [, request = '', requester = ''] = REQUEST.exec(text) ?? [];
    const [, publisher, qos, topic, bytes] = PUBLISH.exec(text) ?? [];
    if (publisher !== undefined) of(publisher).requests.push(`PUB ${topic} qos${qos} ${bytes}`);
  }
  return clients;
}

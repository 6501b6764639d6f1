import type { RunningCloud } from '../../src/cloud/index.ts';

type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** What somebody does at Azure's portal, done through the HTTP API of an embedded cloud. */
export class Portal {
  readonly #cloud: RunningCloud;

  constructor(cloud: RunningCloud) {
    this.#cloud = cloud;
  }

  /** The answer to a call that the cloud grants. */
  async ask(method: Method, path: string, body?: object): Promise<unknown> {
    const { api } = this.#cloud;
    if (api === undefined) throw new Error('the cloud was started without its API');
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${api.token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The same for a device, at the cloud's first hub. */
  askOf(deviceId: string, method: Method, path = '', body?: object): Promise<unknown> {
    const [hub = ''] = this.#cloud.hubs;
    return this.ask(method, `/hubs/${encodeURIComponent(hub)}/devices/${deviceId}${path}`, body);
  }
}

import { randomBytes } from 'node:crypto';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../base/index.ts';
import { PacketRecords } from '../broker/index.ts';
import { PersistentCloud } from '../store/index.ts';
import { createApi } from './api/index.ts';
import { assembleCloud } from './assemble.ts';
import { certificatesOf } from './certificates/index.ts';
import { listenHttp, listenTls } from './listener.ts';
import type { CloudPorts } from './messages.ts';
import { serveMqtt } from './mqtt/index.ts';
import type { CloudOptions } from './options.ts';
import { State } from './state/index.ts';
import type { Surroundings } from './surroundings.ts';

const TOKEN_BYTES = 24;

export interface OpenCloud {
  readonly ports: CloudPorts;
  /** Rejects when the state cannot be stored: nothing may be answered from then on. */
  readonly failed: Promise<never>;
}

/** Opens a DPS and its hubs in this process. */
export async function openCloud(options: CloudOptions): Promise<OpenCloud> {
  const { server, stateDirectory, api } = options;
  const surroundings: Surroundings = { clock: realClock, date: () => new Date(), rng: rootRng(randomBytes(32)) };
  const state = new State(stateDirectory === undefined ? undefined : await PersistentCloud.open(stateDirectory));
  const { dps, hubs, parts } = assembleCloud(options, state, surroundings);
  await state.lasting();
  const dpsPort = await listenTls(server, options.ports?.dps ?? 0, (socket) => {
    serveMqtt(new PacketRecords(socket), dps, certificatesOf(socket), realClock);
  });
  const hubPort = await listenTls(server, options.ports?.hub ?? 0, (socket) => {
    const chain = certificatesOf(socket);
    if (hubs.admits(chain)) serveMqtt(new PacketRecords(socket), hubs, chain, realClock);
    else socket.destroy();
  });
  if (api === undefined || api === false) return { ports: { dpsPort, hubPort }, failed: state.failed };
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const port = await listenHttp(createApi(parts, token), api === true ? 0 : api.port);
  return { ports: { dpsPort, hubPort, api: { port, token } }, failed: state.failed };
}

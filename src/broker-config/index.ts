import { emqx } from './emqx.ts';
import { mosquitto } from './mosquitto.ts';
import { nats } from './nats.ts';
import { rabbitmq } from './rabbitmq.ts';
import {
  type BrokerCertificates,
  type BrokerOptions,
  type BrokerSetUp,
  type BrokerWriter,
  CERTIFICATE_FILES,
} from './set-up.ts';

export {
  type BrokerCertificates,
  type BrokerFile,
  type BrokerOptions,
  type BrokerSetUp,
  CERTIFICATE_FILES,
  isLocal,
  shellWord,
} from './set-up.ts';
export { writeFiles } from './write.ts';

/** The brokers that can be set up, by the name of their program. */
const WRITERS = { mosquitto, rabbitmq, emqx, nats } as const satisfies Record<string, BrokerWriter>;

export type BrokerName = keyof typeof WRITERS;

export const BROKER_NAMES = Object.keys(WRITERS) as readonly BrokerName[];

/** Everything that a broker needs to take a fleet's devices and refuse all others. */
export function brokerSetUp(name: BrokerName, certificates: BrokerCertificates, options: BrokerOptions): BrokerSetUp {
  const { files, ...command } = WRITERS[name](options);
  return {
    files: [
      { name: CERTIFICATE_FILES.clientCas, text: certificates.clientCas },
      { name: CERTIFICATE_FILES.server, text: certificates.server },
      { name: CERTIFICATE_FILES.serverKey, text: certificates.serverKey, kind: 'secret' },
      { name: CERTIFICATE_FILES.serverCa, text: certificates.serverCa },
      ...files,
    ],
    ...command,
  };
}

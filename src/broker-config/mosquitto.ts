import { type BrokerWriter, CERTIFICATE_FILES, listenAddress, pathOf, shellWord } from './set-up.ts';

const CONFIGURATION = 'mosquitto.conf';

/** mosquitto 2 (mosquitto.conf(5)): the user name of a device is the common name of its certificate. */
export const mosquitto: BrokerWriter = (options) => ({
  files: [
    {
      name: CONFIGURATION,
      text: `# mosquitto 2, for the devices of one fleet alone.
# Started by root it would become the user "mosquitto", who may not read the key.
user ${options.user}
listener ${options.port} ${listenAddress(options)}
cafile ${pathOf(options, CERTIFICATE_FILES.clientCas)}
certfile ${pathOf(options, CERTIFICATE_FILES.server)}
keyfile ${pathOf(options, CERTIFICATE_FILES.serverKey)}
require_certificate true
use_identity_as_username true
persistence false
log_dest stderr
`,
    },
  ],
  start: `PATH="$PATH:/usr/sbin" mosquitto -c ${shellWord(pathOf(options, CONFIGURATION))}`,
});

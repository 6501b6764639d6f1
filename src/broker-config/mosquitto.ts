import {
  type BrokerOptions,
  type BrokerWriter,
  CERTIFICATE_FILES,
  FOREGROUND,
  isLocal,
  listenAddress,
} from './set-up.ts';

const CONFIGURATION = 'mosquitto.conf';

/** mosquitto 2 (mosquitto.conf(5)): the user name of a device is the common name of its certificate. */
export const mosquitto: BrokerWriter = (options) => ({
  files: [
    {
      name: CONFIGURATION,
      text: `# mosquitto 2, for the devices of one fleet alone. Its directory is where it is started.
${userLines(options)}
listener ${options.port} ${listenAddress(options)}
cafile ${CERTIFICATE_FILES.clientCas}
certfile ${CERTIFICATE_FILES.server}
keyfile ${CERTIFICATE_FILES.serverKey}
require_certificate true
use_identity_as_username true
persistence false
log_dest stderr
`,
    },
  ],
  start: `PATH="$PATH:/usr/sbin" mosquitto -c ${CONFIGURATION}`,
  starts: FOREGROUND,
});

/** Started by root mosquitto becomes another user, who may not read the key. Who starts it elsewhere is not known here. */
function userLines(options: BrokerOptions): string {
  return isLocal(options)
    ? `# Started by root it would become the user "mosquitto", who may not read the key.\nuser ${options.user}`
    : '# Started by root it becomes the user "mosquitto", who must be able to read the key: chown mosquitto server.key';
}

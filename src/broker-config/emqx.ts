import { type BrokerWriter, CERTIFICATE_FILES, listenAt, quotedText } from './set-up.ts';

const CONFIGURATION = 'emqx.conf';
/** EMQX's own. */
const TARGET = '/etc/emqx/emqx.conf';
/** Where the broker's user may read what belongs to the fleet. */
const DIRECTORY = '/etc/emqx/emu';
const BEGIN = '# begin emu';
const END = '# end emu';

/**
 * What is added to EMQX's own emqx.conf, of 5.1 or newer: the last value of a key counts. Its default listener for TLS
 * asks for certificates, the plain ones are off. The user name of a device is the common name of its certificate.
 */
export const emqx: BrokerWriter = (options) => {
  const { clientCas, server, serverKey } = CERTIFICATE_FILES;
  const file = (name: string) => quotedText(`${DIRECTORY}/${name}`);
  const steps = [
    `mkdir -p ${DIRECTORY}`,
    `cp ${clientCas} ${server} ${serverKey} ${DIRECTORY}`,
    `chown -R emqx ${DIRECTORY}`,
    // What an earlier command added goes.
    `sed -i "/^${BEGIN}$/,/^${END}$/d" ${TARGET}`,
    `cat ${CONFIGURATION} >> ${TARGET}`,
    'systemctl restart emqx',
  ];
  return {
    files: [
      {
        name: CONFIGURATION,
        text: `${BEGIN}
# For the end of EMQX's emqx.conf, 5.1 or newer: MQTT over TLS for the devices of one fleet alone.
listeners.tcp.default.enable = false
listeners.ws.default.enable = false
listeners.wss.default.enable = false
listeners.ssl.default {
  enable = true
  bind = ${quotedText(listenAt(options))}
  ssl_options {
    cacertfile = ${file(clientCas)}
    certfile = ${file(server)}
    keyfile = ${file(serverKey)}
    verify = verify_peer
    fail_if_no_peer_cert = true
    # Certificates between a device's and a root.
    depth = 5
    versions = ["tlsv1.3", "tlsv1.2"]
  }
}
mqtt.peer_cert_as_username = cn
${END}
`,
      },
    ],
    start: `sudo sh -c '${steps.join(' && ')}'`,
    starts: `puts the files into ${DIRECTORY} and their settings at the end of ${TARGET}, in place of earlier ones, and restarts EMQX's service`,
  };
};

import { type BrokerWriter, CERTIFICATE_FILES, listenAt, pathOf, quotedText, shellWord } from './set-up.ts';

const CONFIGURATION = 'emqx.conf';

/**
 * What is added to EMQX's own emqx.conf, of 5.1 or newer: the last value of a key counts. Its default listener for TLS
 * asks for certificates, the plain ones are off. The user name of a device is the common name of its certificate.
 */
export const emqx: BrokerWriter = (options) => {
  const file = (name: string) => quotedText(pathOf(options, name));
  const key = shellWord(pathOf(options, CERTIFICATE_FILES.serverKey));
  return {
    files: [
      {
        name: CONFIGURATION,
        text: `# For the end of EMQX's emqx.conf, 5.1 or newer: MQTT over TLS for the devices of one fleet alone.
listeners.tcp.default.enable = false
listeners.ws.default.enable = false
listeners.wss.default.enable = false
listeners.ssl.default {
  enable = true
  bind = ${quotedText(listenAt(options))}
  ssl_options {
    cacertfile = ${file(CERTIFICATE_FILES.clientCas)}
    certfile = ${file(CERTIFICATE_FILES.server)}
    keyfile = ${file(CERTIFICATE_FILES.serverKey)}
    verify = verify_peer
    fail_if_no_peer_cert = true
    # Certificates between a device's and a root.
    depth = 5
    versions = ["tlsv1.3", "tlsv1.2"]
  }
}
mqtt.peer_cert_as_username = cn
`,
      },
    ],
    start: `sudo sh -c ${shellWord(
      `cat ${shellWord(pathOf(options, CONFIGURATION))} >> /etc/emqx/emqx.conf && chown emqx ${key} && systemctl restart emqx`,
    )}`,
  };
};

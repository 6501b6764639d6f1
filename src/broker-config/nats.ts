import { type BrokerWriter, CERTIFICATE_FILES, listenAt, pathOf, quotedText, shellWord } from './set-up.ts';

const CONFIGURATION = 'nats.conf';

/** NATS 2.2 or newer: its MQTT keeps sessions in JetStream, which demands a name of the server. */
export const nats: BrokerWriter = (options) => {
  const file = (name: string) => quotedText(pathOf(options, name));
  return {
    files: [
      {
        name: CONFIGURATION,
        text: `# NATS, for the devices of one fleet alone.
server_name: emu
# NATS's own protocol, without TLS: on loopback, at a port that the log names.
listen: "127.0.0.1:-1"
jetstream {
  store_dir: ${file('nats-data')}
}
mqtt {
  listen: ${quotedText(listenAt(options))}
  tls {
    ca_file: ${file(CERTIFICATE_FILES.clientCas)}
    cert_file: ${file(CERTIFICATE_FILES.server)}
    key_file: ${file(CERTIFICATE_FILES.serverKey)}
    # Demands a certificate of every client.
    verify: true
    # Seconds for a handshake; the default is 2, and a whole fleet may connect at once.
    timeout: 30
  }
}
`,
      },
    ],
    start: `PATH="$PATH:/usr/sbin" nats-server -c ${shellWord(pathOf(options, CONFIGURATION))}`,
  };
};

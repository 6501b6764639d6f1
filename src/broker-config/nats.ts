import { type BrokerWriter, CERTIFICATE_FILES, FOREGROUND, listenAt, quotedText } from './set-up.ts';

const CONFIGURATION = 'nats.conf';

/** NATS 2.2 or newer: its MQTT keeps sessions in JetStream, which demands a name of the server. */
export const nats: BrokerWriter = (options) => ({
  files: [
    {
      name: CONFIGURATION,
      text: `# NATS, for the devices of one fleet alone. Its directory is where it is started.
server_name: emu
# NATS's own protocol, without TLS: on loopback, at a port that the log names.
listen: "127.0.0.1:-1"
jetstream {
  store_dir: "nats-data"
}
mqtt {
  listen: ${quotedText(listenAt(options))}
  tls {
    ca_file: ${quotedText(CERTIFICATE_FILES.clientCas)}
    cert_file: ${quotedText(CERTIFICATE_FILES.server)}
    key_file: ${quotedText(CERTIFICATE_FILES.serverKey)}
    # Demands a certificate of every client.
    verify: true
    # Seconds for a handshake; the default is 2, and a whole fleet may connect at once.
    timeout: 30
  }
}
`,
    },
  ],
  start: `PATH="$PATH:/usr/sbin" nats-server -c ${CONFIGURATION}`,
  starts: FOREGROUND,
});

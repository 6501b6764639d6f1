import { type BrokerWriter, CERTIFICATE_FILES, FOREGROUND, listenAt } from './set-up.ts';

const CONFIGURATION = 'rabbitmq.conf';
const PLUGINS = 'enabled_plugins';
const START = 'start-rabbitmq.sh';

/**
 * RabbitMQ 3.8 or newer with its MQTT plugin. A client with a certificate of the fleet is accepted, and becomes one user that the
 * node makes at its first start; the node keeps all it has in the directory and touches no installed one.
 */
export const rabbitmq: BrokerWriter = (options) => ({
  files: [
    {
      name: CONFIGURATION,
      kind: 'secret',
      text: `# RabbitMQ with MQTT over TLS, for the devices of one fleet alone. ${START} starts it in this directory.
listeners.tcp = none
mqtt.listeners.tcp = none
mqtt.listeners.ssl.default = ${listenAt(options)}
ssl_options.cacertfile = ${CERTIFICATE_FILES.clientCas}
ssl_options.certfile = ${CERTIFICATE_FILES.server}
ssl_options.keyfile = ${CERTIFICATE_FILES.serverKey}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
# Certificates between a device's and a root.
ssl_options.depth = 5
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
# The certificate is the proof; in RabbitMQ all devices are one user, made at the first start.
mqtt.allow_anonymous = true
mqtt.default_user = devices
mqtt.default_pass = ${options.secret}
default_user = devices
default_pass = ${options.secret}
default_user_tags.administrator = false
log.console = true
log.file = false
`,
    },
    { name: PLUGINS, text: '[rabbitmq_mqtt].\n' },
    {
      name: START,
      kind: 'program',
      text: `#!/bin/sh
# Starts a RabbitMQ node of its own, beside an installed one: its data, name and cookie lie here.
# Another node on this machine may have the port below; set RABBITMQ_DIST_PORT to a free one then.
set -e
cd "$(dirname "$0")"
here=$PWD
mkdir -p "$here/rabbitmq"
export HOME="$here/rabbitmq" RABBITMQ_CONF_ENV_FILE=/dev/null
export RABBITMQ_CONFIG_FILE="$here/${CONFIGURATION}" RABBITMQ_ENABLED_PLUGINS_FILE="$here/${PLUGINS}"
export RABBITMQ_MNESIA_BASE="$here/rabbitmq" RABBITMQ_LOG_BASE="$here/rabbitmq" RABBITMQ_PID_FILE="$here/rabbitmq/pid"
export RABBITMQ_NODENAME=emu@localhost RABBITMQ_DIST_PORT="\${RABBITMQ_DIST_PORT:-25692}"
# Debian's rabbitmq-server on the path starts the installed node as another user; this one is behind it.
server=/usr/lib/rabbitmq/bin/rabbitmq-server
if [ ! -x "$server" ]; then server=rabbitmq-server; fi
exec "$server"
`,
    },
  ],
  start: `./${START}`,
  starts: FOREGROUND,
});

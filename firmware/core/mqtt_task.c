#include "mqtt_task.h"

#include "credentials.h"
#include "mqtt_client.h"
#include "mqtt_console.h"
#include "mqtt_handler.h"
#include "mqtt_session.h"
#include "port.h"
#include "profile.h"
#include "rest.h"

/* Of the original. */
#define STACK_BYTES 6144u
/* port_ending is looked at this often. */
#define LOOK_MS 1000u

static struct mqtt_task_settings own;
static struct credentials credentials; /* about 1.3 KB */
/* Quirk: keeps what was read last, over connections too: a CONNACK that does not come has the type of that. */
static uint8_t input[MQTT_BUFFER_LIMIT];

/* port_tls_read in looks of a second at most; 0 also when the tasks are to end. */
static int read_within(size_t size, uint32_t timeout_ms) {
  const uint64_t until = port_time_ms() + timeout_ms;
  for (;;) {
    const uint64_t now = port_time_ms();
    const uint64_t left = now < until ? until - now : 0u;
    const int length = port_tls_read(input, size, left < LOOK_MS ? (uint32_t)left : LOOK_MS);
    if (length != 0 || port_ending() || port_time_ms() >= until) return length;
  }
}

/* Quirk: the certificates are rebuilt from the chip for every connection, before the TCP connection. */
static bool connect_transport(void) {
  const int result = credentials_load(&credentials, own.common_name);
  mqtt_console_credentials(result);
  if (result != 0) return false;
  const struct port_tls_peer peer = {
    .host = own.host,
    .port = own.port,
    .tcp_timeout_ms = PROFILE.mqtt.network_timeout_ms,
    .handshake_timeout_ms = PROFILE.mqtt.network_timeout_ms,
    .certificates = credentials.chain,
    .certificate_count = sizeof credentials.chain / sizeof credentials.chain[0],
  };
  return port_tls_connect(&peer) == PORT_TLS_OK;
}

/* Sends CONNECT. Quirk: the client reads as many bytes for the CONNACK as the CONNECT had. */
static enum mqtt_end connect_client(struct mqtt_session *session) {
  size_t size = 0;
  uint8_t code = 0;
  mqtt_console_connecting();
  const enum mqtt_written written = mqtt_client_connect(own.client_id, own.user_name, &size);
  if (written == MQTT_NO_CONNECTION) return MQTT_END_NO_RESPONSE;
  const int length = written == MQTT_WRITTEN ? read_within(size, PROFILE.mqtt.network_timeout_ms) : 0;
  if (length < 0) return MQTT_END_NO_RESPONSE;
  if (port_ending()) return MQTT_END_NONE;
  switch (length == 0 ? MQTT_CONNACK_OTHER : mqtt_session_connack(input, (size_t)length, &code)) {
    case MQTT_CONNACK_ACCEPTED:
      mqtt_client_up();
      mqtt_handler_connected();
      mqtt_session_lose_behind_connack(session, input, (size_t)length);
      return MQTT_END_NONE;
    case MQTT_CONNACK_REFUSED:
      mqtt_console_refused(code);
      return MQTT_END_REFUSED;
    case MQTT_CONNACK_OTHER:
    default:
      /* Quirk: a read that timed out is one of 0 bytes, and the type is that of whatever the buffer holds. */
      mqtt_console_no_connack(input[0], (size_t)length);
      return MQTT_END_NO_CONNACK;
  }
}

/*
 * PINGREQ after half the keep-alive. Quirk: counted from the last packet that was *sent*, and a PINGRESP is missed only
 * when the next PINGREQ is due. Only a PINGREQ that is not written in time ends the connection; requests and
 * acknowledgements are just not sent.
 */
static enum mqtt_end keep_alive(struct mqtt_session *session) {
  if (port_time_ms() - mqtt_client_last_sent_ms() <= PROFILE.mqtt.keep_alive_seconds * 1000u / 2u) return MQTT_END_NONE;
  if (session->awaits_ping_response) return MQTT_END_NO_PINGRESP;
  switch (mqtt_client_ping()) {
    case MQTT_WRITTEN:
      session->awaits_ping_response = true;
      return MQTT_END_NONE;
    case MQTT_WRITE_TIMEOUT:
      return MQTT_END_PING_NOT_WRITTEN;
    case MQTT_NO_CONNECTION:
    default:
      return MQTT_END_READ;
  }
}

/* One turn of the client's loop: a read, and a look at the time, unless that is in the middle of a message. */
static enum mqtt_end turn(struct mqtt_session *session) {
  const size_t buffer = mqtt_client_buffer_bytes();
  const bool inside = session->message_rest > 0u;
  const size_t size = inside && session->message_rest < buffer ? session->message_rest : buffer;
  const int length = read_within(size, inside ? PROFILE.mqtt.network_timeout_ms : PROFILE.mqtt.read_poll_ms);
  if (length < 0) return MQTT_END_READ;
  if (length > 0) {
    mqtt_session_read(session, input, (size_t)length);
  } else {
    /* Quirk: a message whose rest does not come is given up, and the connection kept. */
    session->message_rest = 0;
  }
  return session->message_rest > 0u ? MQTT_END_NONE : keep_alive(session);
}

/* One connection, from its certificates to its end. */
static enum mqtt_end connection(void) {
  struct mqtt_session session = {0};
  if (!connect_transport()) return MQTT_END_NO_TRANSPORT;
  enum mqtt_end end = connect_client(&session);
  if (end == MQTT_END_NONE && session.message_rest == 0u && !port_ending()) end = keep_alive(&session);
  while (end == MQTT_END_NONE && !port_ending()) end = turn(&session);
  return end;
}

/*
 * No backoff, no jitter, for ever. Quirk: the client looks whether the wait is over, then sleeps a step whatever the
 * answer was: with 10 s in steps of 5 s it looks at 0, 5 and 10 s and connects at 15 s.
 */
static void wait_to_reconnect(void) {
  const uint64_t since = port_time_ms();
  bool over = false;
  bool goes_on = true;
  while (!over && goes_on) {
    over = port_time_ms() - since >= PROFILE.mqtt.reconnect_wait_ms;
    goes_on = rest_ms(PROFILE.mqtt.reconnect_step_ms);
  }
}

static void run(void *context) {
  (void)context;
  while (!port_ending()) {
    const enum mqtt_end end = connection();
    port_tls_close();
    mqtt_client_down();
    if (port_ending()) break;
    mqtt_console_down(end);
    wait_to_reconnect();
  }
}

void mqtt_task_start(const struct mqtt_task_settings *settings) {
  own = *settings;
  mqtt_handler_start(settings->client_id);
  port_start_task(run, NULL, STACK_BYTES);
}

int mqtt_task_publish(const char *topic, const char *payload, uint8_t qos) {
  return mqtt_client_publish(MQTT_WRITER_APPLICATION, topic, payload, qos);
}

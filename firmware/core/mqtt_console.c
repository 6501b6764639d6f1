#include "mqtt_console.h"

#include "console.h"
#include "profile.h"

static const char CLIENT[] = "MQTT_CLIENT";
static const char APPLICATION[] = "ECC608";

void mqtt_console_credentials(int result) {
  if (result != 0) {
    console_print("Failed to parse cert from device");
    return;
  }
  console_print("  . Set up the client credentials. ok");
  console_print("MBEDTLS_SSL_VERIFY_REQUIRED");
}

void mqtt_console_connecting(void) {
  console_log('I', CLIENT, "Sending MQTT CONNECT message, type: %d, id: 0000", (int)MQTT_CONNECT);
}

void mqtt_console_refused(uint8_t code) {
  static const char *const REASONS[] = {
    [1] = "bad protocol",
    [3] = "server unavailable",
    [4] = "bad username or password",
    [5] = "not authorized",
  };
  const char *reason = code < sizeof REASONS / sizeof REASONS[0] ? REASONS[code] : NULL;
  /* Quirk: so it is spelt, and 2, a client id that was rejected, has no name. */
  console_log('W', CLIENT, "Connection refused, %s", reason == NULL ? "Unknow reason" : reason);
}

void mqtt_console_no_connack(uint8_t first_byte, size_t read_length) {
  console_log('E', CLIENT, "Invalid MSG_TYPE response: %d, read_len: %u", first_byte >> 4, (unsigned)read_length);
}

/* mqtt_write_data: what ssl_write returns is 0 when its poll timed out, and -1 when the socket is gone. */
static void write_failed(enum mqtt_written written) {
  const int length = written == MQTT_WRITE_TIMEOUT ? 0 : -1;
  console_log('E', CLIENT, "Error write data or timeout, written len = %d", length);
}

void mqtt_console_down(enum mqtt_end end) {
  switch (end) {
    case MQTT_END_NO_TRANSPORT:
      console_log('E', CLIENT, "Error transport connect");
      break;
    case MQTT_END_NO_RESPONSE:
      console_log('E', CLIENT, "Error network response");
      /* Quirk: the error that follows a missing CONNACK has the severity of an information and speaks of success. */
      console_log('I', CLIENT, "Error MQTT Connected");
      break;
    case MQTT_END_NO_CONNACK:
    case MQTT_END_REFUSED:
      console_log('I', CLIENT, "Error MQTT Connected");
      break;
    case MQTT_END_NO_PINGRESP:
      console_log('E', CLIENT, "No PING_RESP, disconnected");
      break;
    case MQTT_END_PING_NOT_WRITTEN:
      write_failed(MQTT_WRITE_TIMEOUT);
      console_log('E', CLIENT, "Error sending ping");
      console_log('E', CLIENT, "Can't send ping, disconnected");
      break;
    case MQTT_END_READ:
    case MQTT_END_NONE:
    default:
      console_log('E', CLIENT, "Read error or end of stream");
      break;
  }
  console_log('I', CLIENT, "Reconnect after %lu ms", (unsigned long)PROFILE.mqtt.reconnect_wait_ms);
  mqtt_console_event("MQTT_EVENT_DISCONNECTED");
}

void mqtt_console_not_connected(void) { console_log('E', CLIENT, "Client has not connected"); }

void mqtt_console_not_written(enum mqtt_type request, const char *topic, uint8_t qos, enum mqtt_written written) {
  write_failed(written);
  if (request == MQTT_PUBLISH) {
    console_log('E', CLIENT, "Error to public data to topic=%s, qos=%d", topic, qos);
  } else if (request == MQTT_SUBSCRIBE) {
    console_log('E', CLIENT, "Error to subscribe topic=%s, qos=%d", topic, qos);
  } else {
    console_log('E', CLIENT, "Error to unsubscribe topic=%s", topic);
  }
}

void mqtt_console_event(const char *name) { console_log('I', APPLICATION, "%s", name); }

void mqtt_console_acknowledged(const char *name, uint16_t id) {
  console_log('I', APPLICATION, "%s, msg_id=%d", name, id);
}

void mqtt_console_requested(const char *name, int id) {
  console_log('I', APPLICATION, "sent %s successful, msg_id=%d", name, id);
}

/* Quirk: of a message in pieces every one is an event, and all but the first have an empty topic. */
void mqtt_console_message(const struct mqtt_message *message, size_t read_length) {
  if (message->topic != NULL) {
    const uint32_t head = 2u + (uint32_t)message->topic_length + (message->qos > 0u ? 2u : 0u);
    const uint32_t length = mqtt_length_with_header(head + message->total_length);
    console_log('I', CLIENT, "deliver_publish, message_length_read=%u, message_length=%lu", (unsigned)read_length,
                (unsigned long)length);
  }
  mqtt_console_event("MQTT_EVENT_DATA");
  const char *topic = message->topic == NULL ? "" : (const char *)message->topic;
  console_print("TOPIC=%.*s", (int)message->topic_length, topic);
  console_print("DATA=%.*s", (int)message->payload_length, (const char *)message->payload);
}

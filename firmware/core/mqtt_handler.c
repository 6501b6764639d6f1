#include "mqtt_handler.h"

#include "mqtt_client.h"
#include "mqtt_console.h"
#include "profile.h"
#include "topic.h"

static const char *own_client_id = "";

void mqtt_handler_start(const char *client_id) { own_client_id = client_id; }

/* The steps follow one another without waiting for answers. */
static void play(const struct profile_step *steps, size_t count) {
  static char topic[TOPIC_LIMIT + 1u];
  for (size_t i = 0; i < count; i++) {
    const struct profile_step *step = &steps[i];
    topic_of(topic, step->topic, own_client_id);
    switch (step->request) {
      case PROFILE_SUBSCRIBE:
        mqtt_console_requested("subscribe", mqtt_client_subscribe(topic, step->qos));
        break;
      case PROFILE_UNSUBSCRIBE:
        mqtt_console_requested("unsubscribe", mqtt_client_unsubscribe(topic));
        break;
      case PROFILE_PUBLISH:
      default:
        mqtt_console_requested("publish", mqtt_client_publish(MQTT_WRITER_CLIENT, topic, step->payload, step->qos));
        break;
    }
  }
}

void mqtt_handler_connected(void) {
  mqtt_console_event("MQTT_EVENT_CONNECTED");
  play(PROFILE.script.on_connected, PROFILE.script.on_connected_count);
}

void mqtt_handler_acknowledged(enum mqtt_type request, uint16_t id) {
  if (request == MQTT_SUBSCRIBE) {
    mqtt_console_acknowledged("MQTT_EVENT_SUBSCRIBED", id);
    play(PROFILE.script.on_subscribed, PROFILE.script.on_subscribed_count);
  } else {
    mqtt_console_acknowledged(request == MQTT_UNSUBSCRIBE ? "MQTT_EVENT_UNSUBSCRIBED" : "MQTT_EVENT_PUBLISHED", id);
  }
}

void mqtt_handler_message(const struct mqtt_message *message, size_t read_length) {
  mqtt_console_message(message, read_length);
}

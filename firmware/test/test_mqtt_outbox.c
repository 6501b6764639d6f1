/* Which acknowledgements the client still knows. */
#include "../core/mqtt_outbox.h"
#include "check.h"

static struct mqtt_outbox outbox;

static void sent(enum mqtt_type type, uint16_t id, size_t bytes, uint64_t now_ms) {
  mqtt_outbox_begin(&outbox, MQTT_WRITER_CLIENT, type, id, bytes);
  mqtt_outbox_end(&outbox, MQTT_WRITER_CLIENT, true, now_ms);
}

static void of_other_things(void) {
  mqtt_outbox_clear(&outbox);
  check_case("an acknowledgement of another id, of another kind, or a second one is of nothing");
  sent(MQTT_SUBSCRIBE, 1, 18, 0);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 2, 0));
  CHECK(!mqtt_outbox_take(&outbox, MQTT_UNSUBSCRIBE, 1, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 1, 0));
  CHECK(!mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 1, 0));
}

static void expiry(void) {
  mqtt_outbox_clear(&outbox);
  check_case("known for 30 s after its successor moved it in, and not a millisecond longer");
  sent(MQTT_SUBSCRIBE, 1, 18, 0);
  sent(MQTT_SUBSCRIBE, 2, 18, 0);
  sent(MQTT_SUBSCRIBE, 3, 18, 0);
  CHECK(mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 1, 30000));
  CHECK(!mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 2, 30001));

  check_case("the last one waits outside, where nothing expires");
  CHECK(mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 3, 10000000));

  check_case("however long ago it was sent");
  mqtt_outbox_clear(&outbox);
  sent(MQTT_SUBSCRIBE, 1, 18, 0);
  sent(MQTT_SUBSCRIBE, 2, 18, 20000);
  CHECK(mqtt_outbox_take(&outbox, MQTT_SUBSCRIBE, 1, 50000));
}

static void limit(void) {
  mqtt_outbox_clear(&outbox);
  check_case("forgotten from the oldest on when the outbox has more than 4096 bytes");
  for (uint16_t id = 1; id <= 5; id++) sent(MQTT_PUBLISH, id, 1024, 0); /* four in it: 4096 bytes */
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 1, 0));
  mqtt_outbox_clear(&outbox);
  for (uint16_t id = 1; id <= 6; id++) sent(MQTT_PUBLISH, id, 1008, 0);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 1, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 6, 0));

  check_case("and when there is no room for one more");
  mqtt_outbox_clear(&outbox);
  for (uint16_t id = 1; id <= MQTT_OUTBOX_ENTRIES + 2u; id++) sent(MQTT_PUBLISH, id, 8, 0);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 1, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, MQTT_OUTBOX_ENTRIES + 2u, 0));
}

static void writing(void) {
  mqtt_outbox_clear(&outbox);
  check_case("an acknowledgement that comes before the write has returned is known, once");
  sent(MQTT_PUBLISH, 1, 8, 0);
  mqtt_outbox_begin(&outbox, MQTT_WRITER_APPLICATION, MQTT_PUBLISH, 2, 8);
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 0));
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 0));
  mqtt_outbox_end(&outbox, MQTT_WRITER_APPLICATION, true, 100);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 100));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 1, 30100));

  check_case("what was not written was never there, and moves nothing in");
  sent(MQTT_PUBLISH, 1, 8, 0);
  mqtt_outbox_begin(&outbox, MQTT_WRITER_APPLICATION, MQTT_PUBLISH, 2, 8);
  mqtt_outbox_end(&outbox, MQTT_WRITER_APPLICATION, false, 0);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 2, 0));
  CHECK(mqtt_outbox_take(&outbox, MQTT_PUBLISH, 1, 40000));

  check_case("what is written while the connection ends is not of the next one");
  mqtt_outbox_begin(&outbox, MQTT_WRITER_APPLICATION, MQTT_PUBLISH, 3, 8);
  mqtt_outbox_clear(&outbox);
  mqtt_outbox_end(&outbox, MQTT_WRITER_APPLICATION, true, 0);
  CHECK(!mqtt_outbox_take(&outbox, MQTT_PUBLISH, 3, 0));
}

int main(void) {
  of_other_things();
  expiry();
  limit();
  writing();
  return check_end("mqtt_outbox");
}

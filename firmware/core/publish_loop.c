#include "publish_loop.h"

#include <stdio.h>

#include "bme280.h"
#include "console.h"
#include "profile.h"
#include "rest.h"
#include "topic.h"

/* ERROR of Bosch's driver: a transfer failed. */
#define MEASURE_FAILED (-1)
#define PA_PER_HPA 100.0

/* A payload that fills it fits no packet of the client, which refuses it. */
static char payload[MQTT_BUFFER_LIMIT + 1u];
static char topic[TOPIC_LIMIT + 1u];

/* C's printf with the profile's format. */
static bool format(const struct bme280_sample *sample) {
  const int length = snprintf(payload, sizeof payload, PROFILE.telemetry.payload, sample->temperature,
                              sample->pressure / PA_PER_HPA, sample->humidity);
  return length >= 0;
}

void publish_loop_run(const char *client_id, int (*publish)(const char *topic, const char *payload, uint8_t qos)) {
  const struct profile_telemetry *telemetry = &PROFILE.telemetry;
  struct bme280 sensor;
  topic_of(topic, telemetry->topic, client_id);
  /* Quirk: a sensor that is not there is measured all the same. */
  (void)bme280_initialise(&sensor, PROFILE.sensor.address);
  bool goes_on = true;
  while (goes_on) {
    console_free_heap();
    if (!rest_ms(telemetry->settle_ms)) return;
    const struct bme280_sample sample = bme280_sample(&sensor);
    if (!sample.acknowledged) console_log('E', "ECC608", "measure error. code: %d", MEASURE_FAILED);
    console_stack();
    /* Quirk: a sample is lost, not queued, when the client has no connection or the broker does not read in time. */
    if (format(&sample)) (void)publish(topic, payload, telemetry->qos);
    goes_on = rest_ms(telemetry->period_ms);
  }
}

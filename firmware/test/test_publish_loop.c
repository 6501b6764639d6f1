/* The loop: when the sensor is read, what is published, and what the console shows. */
#include "bme280_part.h"

#include "../core/publish_loop.h"
#include "check.h"
#include "fake_port.h"

#define HEAP "Free Heap Size 8bit = 128120\nFree Heap Size 32bit = 190296\n"
#define STACK "ECC608: Stack remaining for task 'main' is 1904 bytes\n"

static uint64_t ends_us;
static char published[4096];

bool port_ending(void) { return fake_time_us >= ends_us; }

static int publish(const char *topic, const char *payload, uint8_t qos) {
  const size_t used = strlen(published);
  const unsigned long now = (unsigned long)(fake_time_us / 1000u);
  (void)snprintf(published + used, sizeof published - used, "%lu %s %s %d\n", now, topic, payload, qos);
  return -1;
}

static void run(uint64_t ms) {
  fake_port_reset();
  published[0] = '\0';
  ends_us = ms * 1000u;
  publish_loop_run("ESP32_b4E6A1", publish);
}

/* A dump of a real part (test/vectors/bme280.json): 24.437 degrees, 99621.27 Pa, 54.172 %. */
#define SAMPLE "{\"Temparature\": \"24.437371\" , \"Pressure\": \"996.212736\" , \"Humidity\": \"54.172294\"}"
#define TOPIC "/topic/qos0/ESP32_b4E6A1"

static void new_part(void) {
  part_new("6c6e77663200a89227d5d00b6f18cafff9ffac260ad8bd10004b", "650100140b001e", "553380817fb07913");
}

static void rhythm(void) {
  check_case("40 ms to settle, the sample, 10 s of rest");
  new_part();
  run(20200);
  CHECK_TEXT("40 " TOPIC " " SAMPLE " 0\n10080 " TOPIC " " SAMPLE " 0\n20120 " TOPIC " " SAMPLE " 0\n", published);
  CHECK_TEXT(HEAP "I (40) " STACK HEAP "I (10080) " STACK HEAP "I (20120) " STACK, fake_console);

  check_case("the sensor is set up before the first settling, and read once a period");
  CHECK(strstr(part_said, "W 76 F4 57\n") != NULL);
  size_t bursts = 0;
  for (const char *at = strstr(part_said, "W 76 F7 +\n"); at != NULL; at = strstr(at + 1, "W 76 F7 +\n")) bursts++;
  CHECK_EQUAL(3, bursts);

  check_case("ends within a second of the order, in the rest and in the settling");
  new_part();
  run(5500);
  CHECK(fake_time_us <= 6500000u);
  run(10);
  CHECK_TEXT("", published);
}

static void no_sensor(void) {
  check_case("a sensor that is not there is measured all the same");
  new_part();
  part_absent = true;
  run(100);
  /* Without trimming values the formulas give 0 for all. */
  CHECK_TEXT("40 " TOPIC
             " {\"Temparature\": \"0.000000\" , \"Pressure\": \"0.000000\" , \"Humidity\": \"0.000000\"} 0\n",
             published);
  CHECK_TEXT(HEAP "E (40) ECC608: measure error. code: -1\nI (40) " STACK, fake_console);
}

int main(void) {
  rhythm();
  no_sensor();
  return check_end("publish_loop");
}

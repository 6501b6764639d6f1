/* The driver's transfers as on the firmware's sheet, and values that Bosch's code computed (test/vectors/README.md). */
#include "bme280_part.h"

#include "../core/bme280.h"
#include "check.h"

#define CALIB00 "6c6e77663200a89227d5d00b6f18cafff9ffac260ad8bd10004b"
#define CALIB26 "650100140b001e"
#define DATA "553380817fb07913"

/* What was read back: ctrl_meas, ctrl_hum, config. */
#define MODE(meas) "W 76 F4 +\nR 76 " meas "\n"
#define BACK(meas, hum, config) MODE(meas) "W 76 F2 +\nR 76 " hum "\nW 76 F5 +\nR 76 " config "\n"

#define IDENTIFIED \
  "W 76 D0 +\nR 76 60\n" \
  "W 76 88 +\nR 76 6C 6E 77 66 32 00 A8 92 27 D5 D0 0B 6F 18 CA FF F9 FF AC 26 0A D8 BD 10 00 4B\n" \
  "W 76 E1 +\nR 76 65 01 00 14 0B 00 1E\n"
#define FROM_TEMPERATURE_ON \
  MODE("14") "W 76 F4 54\n" BACK("54", "00", "00") \
  MODE("54") "W 76 F2 01\nW 76 F4 54\n" BACK("54", "01", "00") \
  MODE("54") "W 76 F5 00\n" BACK("54", "01", "00") \
  MODE("54") "W 76 F5 10\n" BACK("54", "01", "10") \
  MODE("54") "W 76 F4 57\n" BACK("57", "01", "10")

static struct bme280 sensor;

static void starts(void) {
  check_case("a cold start, transfer by transfer");
  part_new(CALIB00, CALIB26, DATA);
  CHECK(bme280_initialise(&sensor, 0x76));
  CHECK_TEXT(IDENTIFIED MODE("00") "W 76 F4 14\n" BACK("14", "00", "00") FROM_TEMPERATURE_ON, part_said);

  check_case("a sample is one burst");
  part_said[0] = '\0';
  const struct bme280_sample sample = bme280_sample(&sensor);
  CHECK_TEXT("W 76 F7 +\nR 76 55 33 80 81 7F B0 79 13\n", part_said);
  CHECK(sample.acknowledged);
  CHECK(sample.temperature == 24.43737091567566);
  CHECK(sample.pressure == 99621.2735906826);
  CHECK(sample.humidity == 54.17229420505559);

  check_case("a warm start by a soft reset, and Quirk: no wait after it");
  part_said[0] = '\0';
  CHECK(bme280_initialise(&sensor, 0x76));
  CHECK_TEXT(IDENTIFIED MODE("57") "W 76 E0 B6\nW 76 F5 00\nW 76 F2 00\nW 76 F4 14\n" BACK("14", "00", "00")
               FROM_TEMPERATURE_ON,
             part_said);

  check_case("the other address");
  part_new(CALIB00, CALIB26, DATA);
  (void)bme280_initialise(&sensor, 0x77);
  CHECK_EQUAL(0, strncmp(part_said, "W 77 D0 +\nR 77 60\n", 18));
}

static void failures(void) {
  check_case("an absent sensor is asked for its id five times, then set up and measured all the same");
  part_new(CALIB00, CALIB26, DATA);
  part_absent = true;
  CHECK(!bme280_initialise(&sensor, 0x76));
  /* Of each setter: mode, register or registers, three to read back. */
  size_t transfers = 0;
  for (const char *at = part_said; *at != '\0'; at = strchr(at, '\n') + 1) transfers++;
  CHECK_EQUAL(5 + 6 * 4 + 7, transfers);
  const struct bme280_sample nothing = bme280_sample(&sensor);
  CHECK(!nothing.acknowledged);
  CHECK(nothing.temperature == 0.0 && nothing.pressure == 0.0 && nothing.humidity == 0.0);

  check_case("another part's id: no trimming values are read");
  part_new(CALIB00, CALIB26, DATA);
  part_registers[0xd0] = 0x58;
  CHECK(!bme280_initialise(&sensor, 0x76));
  CHECK(strstr(part_said, "W 76 88") == NULL);
  CHECK_EQUAL(0x57, part_registers[0xf4]);

  check_case("trimming values that came by halves are not taken");
  part_new(CALIB00, CALIB26, DATA);
  part_fails_from = 0xe1;
  CHECK(bme280_initialise(&sensor, 0x76));
  CHECK_EQUAL(0, sensor.calibration.t1);

  check_case("the previous values again when a read fails");
  part_new(CALIB00, CALIB26, DATA);
  CHECK(bme280_initialise(&sensor, 0x76));
  const struct bme280_sample before = bme280_sample(&sensor);
  part_fails_from = 0xf7;
  const struct bme280_sample again = bme280_sample(&sensor);
  CHECK(!again.acknowledged);
  CHECK(again.temperature == before.temperature);
  CHECK(again.pressure == before.pressure);
  CHECK(again.humidity == before.humidity);
}

static const char *member(const char *line, const char *name, char *text, size_t size) {
  const char *at = strstr(line, name);
  if (at == NULL) return NULL;
  at += strlen(name);
  const size_t length = strcspn(at, "\"]");
  if (length >= size) return NULL;
  memcpy(text, at, length);
  text[length] = '\0';
  return text;
}

static void vectors(void) {
  static char line[4096];
  char calib00[64], calib26[32], data[32], old205[256];
  unsigned cases = 0;
  check_case("what Bosch's code gives for any part and any burst, to the last bit");
  FILE *file = fopen("../../test/vectors/bme280.json", "r");
  CHECK(file != NULL);
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    double expected[4];
    if (member(line, "\"calib00\":\"", calib00, sizeof calib00) == NULL) continue;
    CHECK(member(line, "\"calib26\":\"", calib26, sizeof calib26) != NULL);
    CHECK(member(line, "\"data\":\"", data, sizeof data) != NULL);
    CHECK(member(line, "\"old205\":[", old205, sizeof old205) != NULL);
    CHECK_EQUAL(4, sscanf(old205, "%lf,%lf,%lf,%lf", &expected[0], &expected[1], &expected[2], &expected[3]));
    part_new(calib00, calib26, data);
    CHECK(bme280_initialise(&sensor, 0x76));
    const struct bme280_sample sample = bme280_sample(&sensor);
    CHECK(sample.temperature == expected[1] && sample.pressure == expected[2] && sample.humidity == expected[3]);
    cases++;
  }
  if (file != NULL) (void)fclose(file);
  CHECK_EQUAL(1663, cases);
}

int main(void) {
  starts();
  failures();
  vectors();
  return check_end("bme280");
}

/* A registration of a profile in which the DPS has a minute for each of its answers. */
#define PROFILE PATIENT_PROFILE
#include "../core/dps_registration.c"
#undef PROFILE
#include "../core/dps.h"
#include "azure_peer.h"

static const struct profile_azure AZURE = {.dps_poll_ms = 2000, .dps_answer_timeout_ms = 60000};

const struct profile PATIENT_PROFILE = {.azure = &AZURE};

static const struct device_settings SETTINGS = {.broker_host = DPS, .broker_port = 8883};

static unsigned answered, heard;

/* CONNACK, SUBACK, then an answer that puts off, and one that goes on. */
static void answer_some(const uint8_t *packet, size_t length) {
  if (heard++ >= answered) return;
  peer_obey(packet, length);
  if (packet[0] != 0x30) return;
  peer_publish(heard == 3 ? "$dps/registrations/res/429/" : "$dps/registrations/res/202/",
               "{\"status\":\"assigning\",\"operationId\":\"" OPERATION "\"}");
}

static void expect_end(const char *name, unsigned answers, uint64_t at_ms) {
  struct dps_registered registered;
  check_case(name);
  peer_reset();
  answered = answers;
  heard = 0;
  peer.answer = answer_some;
  peer.end_ms = 1000000;
  CHECK_EQUAL(DPS_END_FAILED, dps_register(&SETTINGS, ID, 0, &registered));
  CHECK_TEXT("TIMEOUT", dps_result_name(registered.result));
  CHECK_EQUAL(at_ms, peer_now());
}

int main(void) {
  expect_end("no CONNACK", 0, 60000);
  expect_end("no SUBACK, from SUBSCRIBE on", 1, 60200);
  expect_end("no answer, from the request on", 2, 60300);
  expect_end("no second answer", 3, 60500);
  /* An answer takes the limit back until the next request, which is a poll. */
  expect_end("no answer to a poll", 4, 60700);
  return check_end("azure_patience");
}

#include <stdio.h>
#include <string.h>

#include "../core/dps_answer.h"
#include "check.h"

#define ID "0123ffac64afdf56ee"
#define HUB "hub-1.azure-devices.test"
#define OPERATION "4.0123456789abcdef.01234567-89ab-cdef-0123-456789abcdef"
#define TEN_A "aaaaaaaaaa"
#define HUNDRED_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A

static struct dps_answer answer;

static void read_answer(const char *topic, const char *body) {
  dps_answer_read((const uint8_t *)topic, strlen(topic), (const uint8_t *)body, strlen(body), &answer);
}

static void read_with_status(unsigned status, const char *body) {
  char topic[64];
  (void)snprintf(topic, sizeof topic, "$dps/registrations/res/%u/?$rid=1", status);
  read_answer(topic, body);
}

struct refusal {
  const char *name;
  unsigned status;
  const char *body;
  enum dps_result result;
};

#define STATE(status, state) \
  "{\"operationId\":\"" OPERATION "\",\"status\":\"" status "\",\"registrationState\":" state "}"
#define ASSIGNED(members) STATE("assigned", "{" members ",\"status\":\"assigned\",\"substatus\":\"initialAssignment\"}")
#define TO(hub) ASSIGNED("\"assignedHub\":\"" hub "\",\"deviceId\":\"" ID "\"")
#define ERROR(code) \
  "{\"errorCode\":" code ",\"trackingId\":\"d4a1\",\"message\":\"Unauthorized\"," \
  "\"timestampUtc\":\"2026-06-18T10:49:45Z\"}"

static const struct refusal REFUSALS[] = {
    {"401", 401, ERROR("401002"), DPS_RESULT_PARSING},
    {"400", 400, ERROR("400004"), DPS_RESULT_PARSING},
    {"404", 404, ERROR("404201"), DPS_RESULT_PARSING},
    {"409", 409, ERROR("409203"), DPS_RESULT_PARSING},
    {"428", 428, "{}", DPS_RESULT_PARSING},
    {"401 without a body", 401, "", DPS_RESULT_TRANSPORT},
    {"failed, no hub", 200, STATE("failed", "{\"errorCode\":400208}"), DPS_RESULT_HUB_NOT_SPECIFIED},
    {"failed, not authorized", 200, STATE("failed", "{\"errorCode\":400209}"), DPS_RESULT_UNAUTHORIZED},
    {"failed otherwise", 200, STATE("failed", "{\"errorCode\":400001}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"failed, the code in another form", 200, STATE("failed", "{\"errorCode\":4.00209e5}"), DPS_RESULT_UNAUTHORIZED},
    {"failed, the code a text", 200, STATE("failed", "{\"errorCode\":\"400208\"}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"failed without a code", 200, "{\"status\":\"failed\"}", DPS_RESULT_DEV_AUTH_ERROR},
    {"failed without an operation id", 200, "{\"status\":\"failed\",\"registrationState\":{\"errorCode\":400208}}",
     DPS_RESULT_DEV_AUTH_ERROR},
    {"failed, the operation id a number", 200,
     "{\"operationId\":4,\"status\":\"failed\",\"registrationState\":{\"errorCode\":400208}}",
     DPS_RESULT_DEV_AUTH_ERROR},
    {"failed, the code of something else", 200, "{\"operationId\":\"\",\"status\":\"failed\",\"errorCode\":400208}",
     DPS_RESULT_DEV_AUTH_ERROR},
    {"failed with a code that is none", 200, STATE("failed", "{\"errorCode\":1e300}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"disabled", 200, STATE("disabled", "{}"), DPS_RESULT_DISABLED},
    {"blacklisted", 200, STATE("blacklisted", "{}"), DPS_RESULT_ERROR},
    {"an unknown status", 200, STATE("enlightened", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"an unknown status, a long one", 200, STATE("assignedassignedassigned", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"a known status with a NUL behind it", 200, STATE("assigned\\u0000", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"a known status in capitals", 200, STATE("Assigned", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"an empty status", 200, STATE("", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"an unknown status with an error", 401, STATE("enlightened", "{}"), DPS_RESULT_DEV_AUTH_ERROR},
    {"no JSON", 200, "{\"status\":", DPS_RESULT_TRANSPORT},
    {"no JSON with an error", 404, "{\"status\":", DPS_RESULT_TRANSPORT},
    {"no byte", 200, "", DPS_RESULT_TRANSPORT},
    {"JSON that is no object", 200, "[]", DPS_RESULT_TRANSPORT},
    {"a text", 200, "\"assigned\"", DPS_RESULT_TRANSPORT},
    {"something behind the object", 200, TO(HUB) "x", DPS_RESULT_TRANSPORT},
    {"a status that is no text", 200, "{\"status\":7}", DPS_RESULT_PARSING},
    {"no status", 202, "{\"operationId\":\"" OPERATION "\"}", DPS_RESULT_PARSING},
    {"unassigned, the challenge of a TPM", 401,
     "{\"status\":\"unassigned\",\"authenticationKey\":\"AAAA\",\"keyName\":\"registration\"}", DPS_RESULT_PARSING},
    {"assigning without an operation id", 202, "{\"status\":\"assigning\"}", DPS_RESULT_PARSING},
    {"assigning with an empty operation id", 202, "{\"status\":\"assigning\",\"operationId\":\"\"}",
     DPS_RESULT_PARSING},
    {"assigning with an operation id that is a number", 202, "{\"status\":\"assigning\",\"operationId\":4}",
     DPS_RESULT_PARSING},
    {"assigning with an operation id that is no topic", 202, "{\"status\":\"assigning\",\"operationId\":\"#\\n\"}",
     DPS_RESULT_PARSING},
    {"assigning with an operation id with a space", 202, "{\"status\":\"assigning\",\"operationId\":\"4 5\"}",
     DPS_RESULT_PARSING},
    {"assigning with an operation id beyond ASCII", 202, "{\"status\":\"assigning\",\"operationId\":\"\xc3\xa4\"}",
     DPS_RESULT_PARSING},
    {"assigning with an operation id of 513 characters", 202,
     "{\"status\":\"assigning\",\"operationId\":\"" HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A TEN_A "aaa\"}",
     DPS_RESULT_PARSING},
    {"assigned without a state", 200, "{\"status\":\"assigned\"}", DPS_RESULT_PARSING},
    {"assigned, the state a list", 200, STATE("assigned", "[]"), DPS_RESULT_PARSING},
    {"assigned without a hub", 200, ASSIGNED("\"deviceId\":\"" ID "\""), DPS_RESULT_PARSING},
    {"assigned to an empty hub", 200, TO(""), DPS_RESULT_PARSING},
    {"assigned to a number", 200, ASSIGNED("\"assignedHub\":8883,\"deviceId\":\"" ID "\""), DPS_RESULT_PARSING},
    {"assigned without a device id", 200, ASSIGNED("\"assignedHub\":\"" HUB "\""), DPS_RESULT_PARSING},
    {"assigned with an empty device id", 200, ASSIGNED("\"assignedHub\":\"" HUB "\",\"deviceId\":\"\""),
     DPS_RESULT_PARSING},
    {"assigned with a device id that no topic holds", 200, ASSIGNED("\"assignedHub\":\"" HUB "\",\"deviceId\":\"a/b\""),
     DPS_RESULT_PARSING},
    {"assigned with a wildcard for a device id", 200, ASSIGNED("\"assignedHub\":\"" HUB "\",\"deviceId\":\"+\""),
     DPS_RESULT_PARSING},
    {"assigned with a device id of 129 characters", 200,
     ASSIGNED("\"assignedHub\":\"" HUB "\",\"deviceId\":\"" HUNDRED_A TEN_A TEN_A "aaaaaaaaa\""), DPS_RESULT_PARSING},
    {"a hub of 48 characters", 200, TO(TEN_A TEN_A TEN_A "aa.azure-devices.n"), DPS_RESULT_ERROR},
    {"a hub of 700 characters", 200, TO(HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A),
     DPS_RESULT_ERROR},
    {"a hub of 48 characters, and no device id", 200,
     ASSIGNED("\"assignedHub\":\"" TEN_A TEN_A TEN_A "aa.azure-devices.n\""),
     DPS_RESULT_PARSING},
    {"a hub of 47 characters, more in bytes", 200, TO(TEN_A TEN_A TEN_A "\xc3\xa4.azure-devices.n"),
     DPS_RESULT_PARSING},
    {"a hub of 48 characters, one of them two in UTF-16", 200, TO(TEN_A TEN_A TEN_A "\xf0\x9f\x98\x80.azure-devices.n"),
     DPS_RESULT_ERROR},
    {"a hub that is no host name", 200, TO("hub 1"), DPS_RESULT_PARSING},
    {"a hub with a port", 200, TO("localhost:8883"), DPS_RESULT_PARSING},
    {"a hub with a NUL behind it", 200, TO(HUB "\\u0000"), DPS_RESULT_PARSING},
};

static void refusals(void) {
  for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
    check_case(REFUSALS[i].name);
    read_with_status(REFUSALS[i].status, REFUSALS[i].body);
    CHECK_EQUAL(DPS_REFUSED, answer.outcome);
    CHECK_TEXT(dps_result_name(REFUSALS[i].result), dps_result_name(answer.result));
  }
}

static void assignments(void) {
  check_case("assigned");
  read_with_status(200, TO(HUB));
  CHECK_EQUAL(DPS_ASSIGNED, answer.outcome);
  CHECK_TEXT(HUB, answer.hub);
  CHECK_TEXT(ID, answer.device_id);
  check_case("assigned to a name of 47 characters, and a device id of 128 with all marks");
  read_with_status(200, ASSIGNED("\"assignedHub\":\"" TEN_A TEN_A TEN_A "a.azure-devices.n\",\"deviceId\":"
                                 "\"-:.%_*?!(),=@;$'" HUNDRED_A TEN_A "aa\""));
  CHECK_EQUAL(DPS_ASSIGNED, answer.outcome);
  CHECK_TEXT(TEN_A TEN_A TEN_A "a.azure-devices.n", answer.hub);
  CHECK_EQUAL(128, strlen(answer.device_id));
  check_case("the body decides, whatever the topic says below 429");
  read_with_status(428, TO(HUB));
  CHECK_EQUAL(DPS_ASSIGNED, answer.outcome);
  read_answer("t", TO(HUB));
  CHECK_EQUAL(DPS_ASSIGNED, answer.outcome);
  check_case("assigning");
  read_with_status(202, STATE("assigning", "{}"));
  CHECK_EQUAL(DPS_ASSIGNING, answer.outcome);
  CHECK_TEXT(OPERATION, answer.operation_id);
  check_case("assigning with an operation id of 512 characters");
  read_with_status(202, "{\"status\":\"assigning\",\"operationId\":\""
                        HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A HUNDRED_A TEN_A "aa\"}");
  CHECK_EQUAL(DPS_ASSIGNING, answer.outcome);
  CHECK_EQUAL(512, strlen(answer.operation_id));
  check_case("what stands behind a NUL is not read");
  const uint8_t body[] = STATE("assigning", "{}") "\0{";
  dps_answer_read((const uint8_t *)"", 0, body, sizeof body - 1, &answer);
  CHECK_EQUAL(DPS_ASSIGNING, answer.outcome);
}

static void put_off(const char *topic, bool expected) {
  check_case(topic);
  read_answer(topic, "{}");
  CHECK_EQUAL(expected ? DPS_PUT_OFF : DPS_REFUSED, answer.outcome);
}

static void statuses(void) {
  put_off("$dps/registrations/res/429/?$rid=1&retry-after=7", true);
  put_off("$dps/registrations/res/428/?$rid=1", false);
  put_off("$dps/registrations/res/503/?$rid=1", true);
  put_off("$dps/registrations/res/503", true);
  put_off("$dps/registrations/res/5", false);
  put_off("$dps/registrations/res/0429/?$rid=1", true);
  put_off("$dps/registrations/res/999999999999999999999/?$rid=1", true);
  put_off("$dps/registrations/res/0000000009999/?$rid=1", false);
  put_off("$dps/registrations/res/", false);
  put_off("$dps/registrations/res", false);
  put_off("$dps/registrations/res/-503/", false);
  put_off("$dps/registrations/res/ 503/", false);
  put_off("$dps/registrations/RES/503/", false);
  put_off("x$dps/registrations/res/503/", false);
  put_off("", false);
}

int main(void) {
  refusals();
  assignments();
  statuses();
  return check_end("azure_answer");
}

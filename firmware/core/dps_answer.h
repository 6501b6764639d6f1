/* What an answer of the Device Provisioning Service comes to. */
#ifndef DPS_ANSWER_H
#define DPS_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* Ours: it stands in a topic. The service's have some 60 characters. */
#define DPS_OPERATION_ID_SIZE 513u
/* 128 characters (device ids in IoT Hub's registry). */
#define DPS_DEVICE_ID_SIZE 129u

/* PROV_DEVICE_RESULT_… of the SDK, which the application prints. */
enum dps_result {
  DPS_RESULT_PARSING,
  DPS_RESULT_TRANSPORT,
  DPS_RESULT_DEV_AUTH_ERROR,
  DPS_RESULT_UNAUTHORIZED,
  DPS_RESULT_HUB_NOT_SPECIFIED,
  DPS_RESULT_DISABLED,
  DPS_RESULT_TIMEOUT,
  DPS_RESULT_ERROR
};

const char *dps_result_name(enum dps_result result);

enum dps_outcome { DPS_PUT_OFF, DPS_ASSIGNING, DPS_ASSIGNED, DPS_REFUSED };

struct dps_answer {
  enum dps_outcome outcome;
  enum dps_result result; /* of DPS_REFUSED */
  char operation_id[DPS_OPERATION_ID_SIZE]; /* of DPS_ASSIGNING */
  char hub[RECORD_HUB_LENGTH], device_id[DPS_DEVICE_ID_SIZE]; /* of DPS_ASSIGNED */
};

/* Reads an answer as the SDK does: the topic's status tells only whether to ask again, and the body everything else. */
void dps_answer_read(const uint8_t *topic, size_t topic_length, const uint8_t *body, size_t body_length,
                     struct dps_answer *answer);

#endif

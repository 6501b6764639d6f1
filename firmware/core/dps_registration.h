/*
 * One registration over one connection, as the SDK's state machines do it together: the transport subscribes, asks, and
 * reads one answer at a time; the client decides what to ask, and when. What arrives is read when it comes and handled
 * in the next turn.
 *
 * Quirk: a register request that is put off is repeated with the next turn of the loop.
 * Quirk: a poll is timed from the one before, and the first from a second after the client was made. Before that second
 * is over the unsigned difference is huge, and the poll goes out at once.
 * Quirk: a registration polls for ever. Nothing but `dps_answer_timeout_ms` ends it, and the first firmware has none.
 */
#ifndef DPS_REGISTRATION_H
#define DPS_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "dps_answer.h"
#include "sdk_client.h"

enum dps_state { DPS_CONNECTING, DPS_CONNECTED, DPS_SUBSCRIBING, DPS_SUBSCRIBED, DPS_DONE, DPS_FAILED };
enum dps_request { DPS_NO_REQUEST, DPS_REGISTER, DPS_POLL };

struct dps_registration {
  enum dps_state state;
  enum dps_state turn_ended_in;
  struct sdk_packet_ids ids;
  enum dps_request wanted; /* to be asked when its time has come */
  enum dps_request sending; /* goes out with the next turn */
  enum dps_request awaited; /* was decided last */
  bool answered; /* `answer` has come since the last turn */
  bool refused; /* CONNACK or SUBACK were no consent: with the next turn it has failed */
  enum dps_result result; /* of DPS_FAILED */
  struct dps_answer answer; /* of DPS_DONE: hub and device id */
  char operation_id[DPS_OPERATION_ID_SIZE];
  uint64_t reference_ms; /* what the time to the next poll is counted from */
  uint64_t deadline_ms; /* of the answer; 0: none */
};

/* CONNECT is on its way. `created_ms`: when the provisioning client was made. */
void dps_registration_begin(struct dps_registration *registration, uint64_t created_ms, uint64_t now_ms);

void dps_registration_receive(struct dps_registration *registration, const struct sdk_event *event);

/* One turn of the loop. Afterwards `state` may be DPS_DONE or DPS_FAILED. */
void dps_registration_turn(struct dps_registration *registration, uint64_t now_ms);

#endif

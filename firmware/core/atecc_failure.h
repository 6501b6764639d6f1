/* What the last command that failed came to, in words. */
#ifndef ATECC_FAILURE_H
#define ATECC_FAILURE_H

#include <stdint.h>
#include "reason.h"

enum atecc_failure_kind {
  ATECC_FAILED_WAKE,
  ATECC_FAILED_PACKET,
  ATECC_FAILED_SEND,
  ATECC_FAILED_POLL,
  ATECC_FAILED_COUNT, /* `value`: the count byte */
  ATECC_FAILED_CRC,
  ATECC_FAILED_LENGTH, /* `value` bytes, not `expected` */
  ATECC_FAILED_STATUS /* `value`: the status, which may be 00 where data was due */
};

struct atecc_failure {
  enum atecc_failure_kind kind;
  uint8_t opcode;
  uint8_t value;
  uint8_t expected;
};

/* Of the driver: only of use behind a result that is not ATECC_OK. */
const struct atecc_failure *atecc_last_failure(void);

void atecc_failure_text(const struct atecc_failure *failure, struct reason *reason);

#endif

#include "atecc_failure.h"

#include "atecc_frame.h"

static const char *opcode_name(uint8_t opcode) {
  switch (opcode) {
    case ATECC_OP_READ: return "Read";
    case ATECC_OP_WRITE: return "Write";
    case ATECC_OP_NONCE: return "Nonce";
    case ATECC_OP_LOCK: return "Lock";
    case ATECC_OP_RANDOM: return "Random";
    case ATECC_OP_INFO: return "Info";
    case ATECC_OP_GEN_KEY: return "GenKey";
    case ATECC_OP_SIGN: return "Sign";
    case ATECC_OP_ECDH: return "ECDH";
    default: return "an unknown command";
  }
}

void atecc_failure_text(const struct atecc_failure *failure, struct reason *reason) {
  const char *const name = opcode_name(failure->opcode);
  switch (failure->kind) {
    case ATECC_FAILED_WAKE:
      (void)reason_give(reason, "the chip did not answer the wake pulse with 04 11 33 43");
      break;
    case ATECC_FAILED_PACKET:
      (void)reason_give(reason, "a packet has at most %u bytes of data", ATECC_DATA_LIMIT);
      break;
    case ATECC_FAILED_SEND:
      (void)reason_give(reason, "the chip did not acknowledge %s", name);
      break;
    case ATECC_FAILED_POLL:
      (void)reason_give(reason, "the chip did not finish %s within 2.5 s", name);
      break;
    case ATECC_FAILED_COUNT:
      (void)reason_give(reason, "the chip announced %u bytes in reply to %s", failure->value, name);
      break;
    case ATECC_FAILED_CRC:
      (void)reason_give(reason, "the reply to %s has a wrong CRC", name);
      break;
    case ATECC_FAILED_LENGTH:
      (void)reason_give(reason, "%s returned %u bytes, not %u", name, failure->value, failure->expected);
      break;
    case ATECC_FAILED_STATUS:
    default:
      (void)reason_give(reason, "the chip answered %s with status %02X", name, failure->value);
      break;
  }
}

#include "provisioning_texts.h"

const char *provisioning_step_text(enum provisioning_step step) {
  switch (step) {
    case PROVISIONING_WRITE_ROOT_KEY: return "Writing Root Public Key\n";
    /* The first line is of the step before, which is complete when this one begins. */
    case PROVISIONING_WRITE_SIGNER: return "device sn provisioning complete.\nWriting Signer Certificate\n";
    case PROVISIONING_WRITE_DEVICE: return "Writing Device Certificate\n";
    case PROVISIONING_READ_SIGNER: return "Reading Signer Certificate\n";
    case PROVISIONING_COMPARE_SIGNER: return "Comparing Signer Certificate\n";
    case PROVISIONING_READ_DEVICE: return "Reading Device Certificate\n";
    case PROVISIONING_COMPARE_DEVICE: return "Comparing Device Certificate\n";
    case PROVISIONING_INIT:
    case PROVISIONING_WRITE_SERIAL_NUMBER:
    default: return "";
  }
}

const char *provisioning_failure_text(enum provisioning_step step) {
  switch (step) {
    case PROVISIONING_WRITE_ROOT_KEY: return "Failed to write root ca public key";
    case PROVISIONING_WRITE_SERIAL_NUMBER: return "Failed to write device sn";
    case PROVISIONING_WRITE_SIGNER: return "Failed to write signer certificate";
    case PROVISIONING_WRITE_DEVICE: return "Failed to write device certificate";
    case PROVISIONING_READ_SIGNER: return "Failed to read signer certificate";
    /* [sic], twice. */
    case PROVISIONING_COMPARE_SIGNER: return "Signer certificate missmatch";
    case PROVISIONING_READ_DEVICE: return "Failed to read device certificate";
    case PROVISIONING_COMPARE_DEVICE: return "Device certificate missmatch";
    case PROVISIONING_INIT:
    default: return "Failed to init";
  }
}

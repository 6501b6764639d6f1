/*
 * The protocol of single letters (kmwebnet/ECC608-MassProvisioning). There is no echo, and between letters everything
 * else is ignored, line ends too. Where the original says nothing any more, behind `q`, this one starts anew.
 */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "atecc.h"
#include "configure.h"
#include "pem.h"
#include "provision_failure.h"
#include "provisioning_texts.h"
#include "received.h"
#include "serial_text.h"

/* How every PEM text begins; none of it is a letter of the protocol. */
static const char header[] = "-----BEGIN ";
#define HEADER_LENGTH (sizeof header - 1u)

/* 12 KiB of texts; a line has one host. */
static struct received received;
static struct issued issued;

static void (*send)(const char *text, size_t length);

/* What is being received, and where it goes: nowhere with a text that nobody announced. */
static bool receiving;
static struct pem_reception reception;
static struct received_text *place;

/* How much of the header the last bytes between letters are: a text may begin that nobody announced. */
static size_t header_seen;

static enum provisioning_step step;

static void answer(const char *text) { send(text, strlen(text)); }

static void answer_received(const struct received_text *text) { send((const char *)text->bytes, text->length); }

static void answer_failure(const char *what, const struct reason *reason) {
  char line[REASON_SIZE + 48u];
  (void)snprintf(line, sizeof line, "%s: %s\n", what, reason->text);
  answer(line);
}

static void forget_received(void) {
  received.signer.length = 0;
  received.device.length = 0;
  received.root.length = 0;
}

static void begin(struct received_text *announced) {
  header_seen = 0;
  receiving = true;
  place = announced;
  if (announced != NULL) announced->length = 0;
  pem_reception_begin(&reception);
}

/* Its base64 would be letters, to configure and to provision among them. */
static void begin_unannounced(void) {
  begin(NULL);
  for (size_t at = 0; at < HEADER_LENGTH; at++) (void)pem_reception_take(&reception, (uint8_t)header[at]);
}

static void receive(uint8_t byte) {
  if (place != NULL) place->bytes[reception.taken] = byte;
  const enum pem_state state = pem_reception_take(&reception, byte);
  if (state == PEM_MORE) return;
  receiving = false;
  if (state == PEM_OVER && place != NULL) place->length = reception.taken;
  if (state == PEM_TOO_LONG) {
    char line[64];
    (void)snprintf(line, sizeof line, "no end of the PEM text within %u bytes\n", PEM_LIMIT);
    answer(line);
  }
}

static void answer_serial_number(void) {
  uint8_t serial[9];
  char text[SERIAL_TEXT_SIZE];
  struct reason reason;
  const int result = atecc_read_serial_number(serial);
  if (result != ATECC_OK) {
    (void)provision_failed(result, "", &reason);
    answer_failure("Unable to read the serial number", &reason);
    return;
  }
  serial_text(serial, text);
  answer(text);
}

static void answer_public_key(const uint8_t public_key[64]) {
  uint8_t info[PUBLIC_KEY_INFO_LENGTH];
  char text[192];
  public_key_info(public_key, info);
  send(text, pem_encode("PUBLIC KEY", info, sizeof info, text, sizeof text));
}

static void configure(void) {
  struct reason reason;
  const int result = configure_chip(answer_public_key);
  if (result == ATECC_OK) return;
  (void)provision_failed(result, "", &reason);
  answer_failure("Unable to configure the chip", &reason);
}

static void tell_step(enum provisioning_step next) {
  step = next;
  answer(provisioning_step_text(next));
}

static void provision(void) {
  struct reason reason;
  answer(PROVISIONING_BEGINS);
  const bool decoded = received_decode(&received, &issued, answer);
  step = PROVISIONING_INIT;
  if (decoded && provision_chip(&issued, tell_step, &reason)) {
    answer(PROVISIONING_SUCCEEDED);
  } else {
    if (decoded) answer_failure(provisioning_failure_text(step), &reason);
    answer(PROVISIONING_FAILED);
  }
  /* With each q, so that no device gets the certificate of the one before. */
  forget_received();
}

static void obey(uint8_t letter) {
  switch (letter) {
    case 'r': answer("Ready.\n"); break;
    case 's': answer_serial_number(); break;
    case 'k': configure(); break;
    case 'p':
      answer_received(&received.signer);
      answer_received(&received.device);
      break;
    case 'o': answer_received(&received.root); break;
    case 'q': provision(); break;
    case 'c': begin(&received.signer); break;
    case 'v': begin(&received.device); break;
    case 'b': begin(&received.root); break;
    default: break;
  }
}

void app_provisioning_start(void (*hear)(const char *text, size_t length)) {
  send = hear;
  receiving = false;
  header_seen = 0;
  forget_received();
}

void app_provisioning_take(uint8_t byte) {
  if (receiving) {
    receive(byte);
    return;
  }
  /* A hyphen behind the first five is still the fifth. */
  if (byte == (uint8_t)header[header_seen]) {
    header_seen++;
  } else if (byte != (uint8_t)'-') {
    header_seen = 0;
  } else if (header_seen != 5u) {
    header_seen = 1;
  }
  if (header_seen == HEADER_LENGTH) begin_unannounced();
  else obey(byte);
}

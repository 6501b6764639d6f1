/*
 * All chains of test/vectors/certificates.json: into the slots and back, then with each kind of damage, against the
 * vendor's library. The file has one record in a line. Where files cannot be read the test says so: it is data, too
 * much of it to compile in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/certificate.h"
#include "../core/certificate_definition.h"
#include "../core/compress.h"
#include "check.h"
#include "hex.h"

#define VECTORS "../../test/vectors/certificates.json"
#define LINE_SIZE 16384u

/* A chain as the file has it, and with it what a chip holds. */
struct chain {
  uint8_t signer[640], device[640];
  size_t signer_length, device_length;
  uint8_t slot8[32], slot10[72], slot11[72], slot12[72], slot14[72], slot15[72];
  uint8_t slot8_written[32], slot14_written[64];
  uint8_t device_public_key[64];
};

/*
 * The text value behind `key` from `from` on, in front of `end`, as bytes. Returns how many, 0 where it is not there.
 */
static size_t value(const char *from, const char *key, const char *end, uint8_t *bytes) {
  static char text[2048];
  const char *const found = strstr(from, key);
  if (found == NULL || (end != NULL && found > end)) return 0;
  const char *const start = found + strlen(key);
  const size_t length = strcspn(start, "\"");
  if (length >= sizeof text) return 0;
  memcpy(text, start, length);
  text[length] = '\0';
  return hex_bytes(text, bytes);
}

static void read_chain(const char *line, struct chain *chain) {
  const char *const der = strstr(line, "\"der\":{");
  const char *const slots = strstr(line, "\"slots\":{");
  const char *const keys = strstr(line, "\"pub\":{");
  memset(chain, 0, sizeof *chain);
  CHECK(der != NULL && slots != NULL && keys != NULL);
  if (der == NULL || slots == NULL || keys == NULL) return;
  chain->signer_length = value(der, "\"signer\":\"", NULL, chain->signer);
  chain->device_length = value(der, "\"device\":\"", NULL, chain->device);
  CHECK_EQUAL(18, value(slots, "\"8\":\"", NULL, chain->slot8));
  CHECK_EQUAL(72, value(slots, "\"10\":\"", NULL, chain->slot10));
  CHECK_EQUAL(72, value(slots, "\"11\":\"", NULL, chain->slot11));
  CHECK_EQUAL(72, value(slots, "\"12\":\"", NULL, chain->slot12));
  CHECK_EQUAL(72, value(slots, "\"14\":\"", NULL, chain->slot14));
  CHECK_EQUAL(72, value(slots, "\"15\":\"", NULL, chain->slot15));
  CHECK_EQUAL(64, value(line, "\"slot14Written\":\"", NULL, chain->slot14_written));
  CHECK_EQUAL(32, value(line, "\"slot8Written\":\"", NULL, chain->slot8_written));
  CHECK_EQUAL(64, value(keys, "\"device\":\"", NULL, chain->device_public_key));
}

static bool define(const struct chain *chain, struct profile_certificate *signer, struct profile_certificate *device) {
  struct reason reason;
  const bool both = certificate_definition(chain->signer, chain->signer_length, CERTIFICATE_SIGNER, signer, &reason) &&
                    certificate_definition(chain->device, chain->device_length, CERTIFICATE_DEVICE, device, &reason);
  CHECK(both);
  return both;
}

static void into_slots(const struct chain *chain) {
  struct profile_certificate signer, device;
  struct signer_slots signer_slots;
  struct device_slots device_slots;
  struct reason reason;
  if (!define(chain, &signer, &device)) return;
  CHECK(compress_signer(&signer, &signer_slots, &reason));
  CHECK_BYTES(chain->slot12, signer_slots.compressed, 72);
  CHECK_BYTES(chain->slot14_written, signer_slots.record, 64);
  CHECK_BYTES(chain->slot11, signer_slots.public_key, 72);
  CHECK(compress_device(&device, &device_slots, &reason));
  CHECK_BYTES(chain->slot10, device_slots.compressed, 72);
  CHECK_BYTES(chain->slot8_written, device_slots.common_name, 32);
}

/* `as_issued` is what the definitions are made of, `chain` what the chip holds. */
static void back(const struct chain *as_issued, const struct chain *chain, int signer_status, int device_status) {
  struct profile_certificate signer, device;
  uint8_t bytes[640];
  struct certificate_buffer buffer = {bytes, sizeof bytes, 0};
  const struct signer_parts signer_parts = {chain->slot12, chain->slot14, chain->slot11, chain->slot15};
  const struct device_parts device_parts = {chain->slot10, chain->device_public_key, chain->slot11, chain->slot8};
  if (!define(as_issued, &signer, &device)) return;
  CHECK_EQUAL(signer_status, certificate_rebuild_signer(&signer, &signer_parts, &buffer));
  if (signer_status == 0) {
    CHECK_EQUAL(chain->signer_length, buffer.length);
    CHECK_BYTES(chain->signer, bytes, chain->signer_length);
  }
  CHECK_EQUAL(device_status, certificate_rebuild_device(&device, &device_parts, &buffer));
  if (device_status == 0) {
    CHECK_EQUAL(chain->device_length, buffer.length);
    CHECK_BYTES(chain->device, bytes, chain->device_length);
  }
}

static int status_behind(const char *text) {
  const char *const found = strstr(text, "\"status\":");
  CHECK(found != NULL);
  return found == NULL ? -1 : (int)strtol(found + strlen("\"status\":"), NULL, 10);
}

/* What the library of 2019 makes of a damaged chain. */
static void damaged(const char *line, const struct chain *issued) {
  struct chain chain = *issued;
  const char *const change = strstr(line, "\"change\":{");
  const char *const newer = strstr(line, "\"expect\":{");
  const char *const older = strstr(line, "\"expect2019\":{");
  const char *const expected = older == NULL ? newer : older;
  if (change == NULL || newer == NULL || expected == NULL) return;
  (void)value(change, "\"8\":\"", newer, chain.slot8);
  (void)value(change, "\"10\":\"", newer, chain.slot10);
  (void)value(change, "\"11\":\"", newer, chain.slot11);
  (void)value(change, "\"12\":\"", newer, chain.slot12);
  (void)value(change, "\"14\":\"", newer, chain.slot14);
  (void)value(change, "\"15\":\"", newer, chain.slot15);
  (void)value(change, "\"devicePub\":\"", newer, chain.device_public_key);
  const char *const signer = strstr(expected, "\"signer\":{");
  const char *const device = strstr(expected, "\"device\":{");
  const char *const end = strstr(expected, "\"chainVerifies\"");
  CHECK(signer != NULL && device != NULL && end != NULL);
  if (signer == NULL || device == NULL || end == NULL) return;
  const size_t signer_length = value(signer, "\"der\":\"", device, chain.signer);
  const size_t device_length = value(device, "\"der\":\"", end, chain.device);
  if (signer_length > 0u) chain.signer_length = signer_length;
  if (device_length > 0u) chain.device_length = device_length;
  back(issued, &chain, status_behind(signer), status_behind(device));
}

/* The chain with this number. */
static bool find_chain(long number, struct chain *chain) {
  static char line[LINE_SIZE];
  char prefix[32];
  bool found = false;
  FILE *const file = fopen(VECTORS, "r");
  if (file == NULL) return false;
  (void)snprintf(prefix, sizeof prefix, "{\"i\":%ld,", number);
  while (!found && fgets(line, sizeof line, file) != NULL) found = strncmp(line, prefix, strlen(prefix)) == 0;
  (void)fclose(file);
  if (found) read_chain(line, chain);
  return found;
}

int main(void) {
  static char line[LINE_SIZE];
  static struct chain chain;
  unsigned chains = 0;
  unsigned kinds = 0;
  FILE *const file = fopen(VECTORS, "r");
  if (file == NULL) {
    printf("certificate_vectors: NOT TESTED, there is no %s\n", VECTORS);
    return 0;
  }
  while (fgets(line, sizeof line, file) != NULL) {
    const char *const number = strstr(line, "\"chain\":");
    if (strncmp(line, "{\"i\":", 5) == 0) {
      check_case("a chain");
      read_chain(line, &chain);
      into_slots(&chain);
      back(&chain, &chain, 0, 0);
      chains++;
    } else if (strncmp(line, "{\"kind\":", 8) == 0 && number != NULL) {
      check_case("a damaged chain");
      CHECK(find_chain(strtol(number + strlen("\"chain\":"), NULL, 10), &chain));
      damaged(line, &chain);
      kinds++;
    }
  }
  (void)fclose(file);
  CHECK_EQUAL(160, chains);
  CHECK_EQUAL(37, kinds);
  return check_end("certificate_vectors");
}

#include "chip_certificates.h"

#include <string.h>

#include "atecc.h"
#include "compressed.h"
#include "credentials.h"

#define BLOCK 32u
#define WORD 4u
#define GEN_KEY_PUBLIC_KEY 0x00u

static int read_blocks(uint8_t slot, uint8_t *bytes, uint8_t blocks) {
  int result = ATECC_OK;
  for (uint8_t block = 0; block < blocks && result == ATECC_OK; block++) {
    result = atecc_read(ATECC_DATA, atecc_data_address(slot, block, 0), &bytes[BLOCK * block], BLOCK);
  }
  return result;
}

/* 72 bytes as the certificate library reads them: two blocks, then two words. */
static int read_72(uint8_t slot, uint8_t bytes[COMPRESSED_LENGTH]) {
  int result = read_blocks(slot, bytes, 2);
  for (uint8_t word = 0; word < 2u && result == ATECC_OK; word++) {
    result = atecc_read(ATECC_DATA, atecc_data_address(slot, 2, word), &bytes[2u * BLOCK + WORD * word], WORD);
  }
  return result;
}

int chip_read_public_key(uint8_t slot, uint8_t padded[PADDED_KEY_LENGTH]) {
  uint8_t blocks[3u * BLOCK];
  const int result = read_blocks(slot, blocks, 3);
  if (result == ATECC_OK) memcpy(padded, blocks, PADDED_KEY_LENGTH);
  return result;
}

static int rebuilt(enum certificate_status status) {
  return status == CERTIFICATE_OK ? ATECC_OK : CREDENTIALS_BAD + (int)status;
}

int chip_read_device(const struct profile_certificate *definition, const uint8_t authority_key[PADDED_KEY_LENGTH],
                     const char *common_name, struct certificate_buffer *buffer) {
  const struct profile_certificates *const slots = &PROFILE.certificates;
  uint8_t compressed[COMPRESSED_LENGTH];
  uint8_t public_key[64];
  uint8_t name[BLOCK];
  const size_t count = definition->common_name.count;
  int result = read_72(slots->compressed_device_slot, compressed);
  if (result == ATECC_OK) result = atecc_gen_key(GEN_KEY_PUBLIC_KEY, PROFILE.chip.device_key_slot, public_key);
  if (result == ATECC_OK && common_name == NULL) result = read_blocks(slots->common_name_slot, name, 1);
  if (result != ATECC_OK) return result;
  /* A name of another length would need another template. */
  if (count > sizeof name) return rebuilt(CERTIFICATE_WRONG_CERT_DEF);
  if (common_name != NULL) {
    if (strlen(common_name) != count) return rebuilt(CERTIFICATE_WRONG_CERT_DEF);
    memcpy(name, common_name, count);
  }
  const struct device_parts parts = {compressed, public_key, authority_key, name};
  return rebuilt(certificate_rebuild_device(definition, &parts, buffer));
}

int chip_read_signer(const struct profile_certificate *definition, const uint8_t authority_key[PADDED_KEY_LENGTH],
                     struct certificate_buffer *buffer) {
  const struct profile_certificates *const slots = &PROFILE.certificates;
  uint8_t compressed[COMPRESSED_LENGTH];
  uint8_t record[SIGNER_RECORD_LENGTH];
  uint8_t public_key[PADDED_KEY_LENGTH];
  int result = read_72(slots->compressed_signer_slot, compressed);
  if (result == ATECC_OK) result = read_blocks(slots->signer_record_slot, record, 2);
  if (result == ATECC_OK) result = read_72(slots->signer_public_key_slot, public_key);
  if (result != ATECC_OK) return result;
  const struct signer_parts parts = {compressed, record, public_key, authority_key};
  return rebuilt(certificate_rebuild_signer(definition, &parts, buffer));
}

#include "credentials.h"

#include "atecc.h"
#include "chip_certificates.h"
#include "profile.h"

#define GEN_KEY_PUBLIC_KEY 0x00u

/* In the order of the TLS Certificate message, device then signer. */
int credentials_load(struct credentials *credentials, const char *common_name) {
  const struct profile_certificates *const certificates = &PROFILE.certificates;
  struct certificate_buffer device = {credentials->device, sizeof credentials->device, 0};
  struct certificate_buffer signer = {credentials->signer, sizeof credentials->signer, 0};
  uint8_t dropped[64];
  uint8_t authority_key[PADDED_KEY_LENGTH];

  int result = atecc_init();
  /* The TLS library's key context takes the public key on its own account, before the certificate asks for it again. */
  if (result == ATECC_OK) result = atecc_gen_key(GEN_KEY_PUBLIC_KEY, PROFILE.chip.device_key_slot, dropped);
  if (result == ATECC_OK) result = chip_read_public_key(certificates->signer_public_key_slot, authority_key);
  if (result == ATECC_OK) result = chip_read_device(&certificates->device, authority_key, common_name, &device);
  if (result == ATECC_OK) result = atecc_init();
  if (result == ATECC_OK) result = chip_read_public_key(certificates->root_public_key_slot, authority_key);
  if (result == ATECC_OK) result = chip_read_signer(&certificates->signer, authority_key, &signer);
  if (result != ATECC_OK) return result;

  credentials->chain[0].bytes = device.bytes;
  credentials->chain[0].length = device.length;
  credentials->chain[1].bytes = signer.bytes;
  credentials->chain[1].length = signer.length;
  return ATECC_OK;
}

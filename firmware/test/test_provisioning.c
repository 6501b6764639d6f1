/* Sessions on the serial line: what is answered, and what the chip is asked (the sheet on the firmware, A7). */
#include "../core/app.h"
#include "../core/atecc.h"
#include "../core/pem.h"
#include "chain0.h"
#include "check.h"
#include "fake_atecc.h"
#include "hex.h"

static char said[32768];
static size_t said_length;
static char signer_pem[1024], device_pem[1024], root_key_pem[512];

static void hear(const char *text, size_t length) {
  if (length > sizeof said - 1u - said_length) return;
  memcpy(&said[said_length], text, length);
  said_length += length;
  said[said_length] = '\0';
}

static void send(const char *text) {
  for (size_t at = 0; text[at] != '\0'; at++) app_provisioning_take((uint8_t)text[at]);
}

static const char *answer_to(const char *text) {
  said_length = 0;
  said[0] = '\0';
  send(text);
  return said;
}

/* A configured chip with the key that the device's certificate is for. */
static void begin(void) {
  fake_atecc_reset();
  memcpy(fake_chip.config, "\x01\x23\xa0\xd8\x00\x00\x60\x02\xef\x2f\x22\x6d\xee", 13);
  (void)hex_bytes(chain0_device_public_key, fake_chip.public_key);
  app_provisioning_start(hear);
}

static void pem_of(const char *label, const char *der_hex, char *pem, size_t room) {
  uint8_t der[640];
  const size_t length = hex_bytes(der_hex, der);
  CHECK(pem_encode(label, der, length, pem, room) > 0u);
}

static void make_texts(void) {
  char info[256];
  (void)snprintf(info, sizeof info, "3059301306072a8648ce3d020106082a8648ce3d03010703420004%s", chain0_root_public_key);
  pem_of("CERTIFICATE", chain0_signer_der, signer_pem, sizeof signer_pem);
  pem_of("CERTIFICATE", chain0_device_der, device_pem, sizeof device_pem);
  pem_of("PUBLIC KEY", info, root_key_pem, sizeof root_key_pem);
}

static void send_texts(const char *signer, const char *device, const char *root_key) {
  send("c");
  send(signer);
  send("v");
  send(device);
  send("b");
  send(root_key);
}

static const char *const success =
    "\nprovisioning start\n"
    "Writing Root Public Key\n"
    "device sn provisioning complete.\n"
    "Writing Signer Certificate\n"
    "Writing Device Certificate\n"
    "Reading Signer Certificate\n"
    "Comparing Signer Certificate\n"
    "Reading Device Certificate\n"
    "Comparing Device Certificate\n"
    "\nDevice Provisioning Successful!\n";

static void letters(void) {
  check_case("r, s, p and o");
  begin();
  CHECK_TEXT("Ready.\n", answer_to("r"));
  CHECK_TEXT("0123a0d8ef2f226dee", answer_to("s"));
  CHECK_TEXT("02 80 0000", fake_chip.commands);
  CHECK_TEXT("", answer_to("po"));
  check_case("everything else is ignored, and there is no echo");
  for (unsigned byte = 1; byte < 256u; byte++) {
    const char one[2] = {(char)byte, '\0'};
    if (strchr("rskpoqcvb", (int)byte) == NULL) CHECK_TEXT("", answer_to(one));
  }
  CHECK_TEXT("Ready.\n", answer_to("\n r \r\n"));

  check_case("k is answered with the public key of slot 0");
  begin();
  (void)answer_to("k");
  CHECK_EQUAL(0, strncmp(said, "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuzW5mC", 69));
  CHECK_EQUAL(31, fake_chip.command_count);
}

static void texts(void) {
  check_case("p and o give texts back as they came, up to their last hyphen");
  begin();
  CHECK_TEXT("", answer_to("c-----BEGIN X-----\r\n-----END X-----\r\nvab-----END Y-----b-----END Z-----"));
  CHECK_TEXT("-----BEGIN X-----\r\n-----END X-----ab-----END Y-----", answer_to("p"));
  CHECK_TEXT("-----END Z-----", answer_to("o"));
  check_case("the last text of each kind counts");
  CHECK_TEXT("", answer_to("v-----BEGIN Y2-----p-----END Y2-----"));
  CHECK_TEXT("-----BEGIN X-----\r\n-----END X----------BEGIN Y2-----p-----END Y2-----", answer_to("p"));
  CHECK_TEXT("", answer_to("c-----END X2-----"));
  CHECK_TEXT("-----END X2----------BEGIN Y2-----p-----END Y2-----", answer_to("p"));
  check_case("an echoed text may hold a NUL");
  app_provisioning_take((uint8_t)'b');
  app_provisioning_take(0);
  (void)answer_to("-----END Z-----o");
  CHECK_EQUAL(16, said_length);
  CHECK_BYTES((const uint8_t *)"\0-----END Z-----", (const uint8_t *)said, 16);

  check_case("a text that nobody announced is no row of letters");
  begin();
  CHECK_TEXT("", answer_to(signer_pem));
  CHECK_TEXT("", answer_to(root_key_pem));
  CHECK_TEXT("", answer_to("--------BEGIN A\nkqs-----END A-----"));
  CHECK_TEXT("Ready.\n", answer_to("-----BEGINr"));
  CHECK_EQUAL(0, fake_chip.command_count);
  check_case("4096 bytes without an end are too many, and are not kept");
  (void)answer_to("c-----END X-----c");
  for (unsigned at = 0; at < 4095u; at++) app_provisioning_take((uint8_t)'A');
  CHECK_TEXT("", said);
  CHECK_TEXT("no end of the PEM text within 4096 bytes\n", answer_to("A"));
  CHECK_TEXT("Ready.\n", answer_to("pr"));
  check_case("the header of one that nobody announced counts too");
  (void)answer_to("-----BEGIN ");
  for (unsigned at = 11; at < 4095u; at++) app_provisioning_take((uint8_t)'A');
  CHECK_TEXT("", said);
  CHECK_TEXT("no end of the PEM text within 4096 bytes\n", answer_to("A"));
}

/* The sheet's order: slots 4, 15, 8, 12, 14, 11, 10 and 8, then what the certificates are rebuilt from. */
static void commands(void) {
  static const char *const order[] = {
      "02 80 0000; 02 80 0000; 12 82 0020:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff; ",
      "12 82 0078:", "; 12 82 0178:", "; 12 82 0278:",
      "; 12 02 0145:30313233; 12 02 0146:61306438; 12 02 0147:65663266; 12 02 0240:32323664; 12 02 0241:65650000; ",
      "02 82 0140; 02 82 0240; 12 82 0060:", "; 12 82 0160:", "; 12 82 0260:", "; 12 82 0070:", "; 12 82 0170:",
      "; 12 82 0058:", "; 12 82 0158:", "; 12 82 0258:", "; 12 82 0050:", "; 12 82 0150:", "; 12 82 0250:",
      "; 12 82 0040:", "; 02 82 0060; 02 82 0160; 02 02 0260; 02 02 0261; 02 82 0070; 02 82 0170; ",
      "02 82 0058; 02 82 0158; 02 02 0258; 02 02 0259; ",
      "02 82 0050; 02 82 0150; 02 02 0250; 02 02 0251; 40 00 0000; 02 82 0040"};
  const size_t count = sizeof order / sizeof order[0];
  const char *at = fake_chip.commands;
  for (size_t index = 0; index < count && at != NULL; index++) {
    at = strstr(at, order[index]);
    CHECK(at != NULL);
  }
  CHECK_TEXT(order[count - 1u], at == NULL ? "" : at);
  CHECK_EQUAL(0, strncmp(fake_chip.commands, order[0], strlen(order[0])));
  CHECK_EQUAL(41, fake_chip.command_count);
}

static void slot(const char *expected_hex, unsigned number, size_t length) {
  uint8_t expected[128];
  CHECK(hex_bytes(expected_hex, expected) >= length);
  CHECK_BYTES(expected, fake_chip.slots[number], length);
}

static void provisions(void) {
  check_case("q provisions the chip");
  begin();
  send_texts(signer_pem, device_pem, root_key_pem);
  CHECK_TEXT(success, answer_to("q"));
  commands();
  slot(chain0_slot_8, 8, 32);
  CHECK_BYTES((const uint8_t *)"0123a0d8ef2f226dee\0", &fake_chip.slots[8][52], 20);
  slot(chain0_slot_10, 10, 72);
  slot(chain0_slot_11, 11, 72);
  slot(chain0_slot_12, 12, 72);
  slot(chain0_slot_14, 14, 64);
  slot(chain0_slot_15, 15, 72);
  check_case("and forgets the texts");
  CHECK_TEXT("", answer_to("po"));
  CHECK_TEXT("\nprovisioning start\n"
             "signer cert conversion failed: none was received\n"
             "device cert conversion failed: none was received\n"
             "root pubkey conversion failed: none was received\n"
             "\nDevice Provisioning failed!\n",
             answer_to("q"));
}

/* A session whose texts are these fails before anything is written. */
static void refused(const char *what, const char *signer, const char *device, const char *root_key, const char *words) {
  char expected[512];
  check_case(what);
  begin();
  send_texts(signer, device, root_key);
  (void)snprintf(expected, sizeof expected, "\nprovisioning start\n%s\n\nDevice Provisioning failed!\n", words);
  CHECK_TEXT(expected, answer_to("q"));
  CHECK_EQUAL(0, fake_chip.command_count);
}

static void refusals(void) {
  char damaged[1024];
  char info[512];
  (void)snprintf(damaged, sizeof damaged, "%s", signer_pem);
  damaged[28] = '!';
  refused("a character that is none of base64", damaged, device_pem, root_key_pem,
          "signer cert conversion failed: this is no whole -----BEGIN CERTIFICATE----- in PEM");
  refused("a public key for a certificate", signer_pem, root_key_pem, root_key_pem,
          "device cert conversion failed: this is no whole -----BEGIN CERTIFICATE----- in PEM");
  refused("a certificate for a public key", signer_pem, device_pem, signer_pem,
          "root pubkey conversion failed: this is no whole -----BEGIN PUBLIC KEY----- in PEM");
  refused("no bytes at all", "-----BEGIN CERTIFICATE----------END CERTIFICATE-----", device_pem, root_key_pem,
          "signer cert conversion failed: this is not a certificate in DER: an element without an end");
  refused("the device for the signer", device_pem, device_pem, root_key_pem,
          "signer cert conversion failed: the certificate cannot serve as a template: the signer's record holds its "
          "dates as "
          "UTCTime");
  refused("the signer for the device", signer_pem, signer_pem, root_key_pem,
          "device cert conversion failed: the certificate cannot be rebuilt from a chip unchanged: issued at another "
          "time than a "
          "full hour");
  (void)snprintf(info, sizeof info, "3059301306072a8648ce3d020106082a8648ce3d03010803420004%s", chain0_root_public_key);
  pem_of("PUBLIC KEY", info, damaged, sizeof damaged);
  refused("a key on another curve", signer_pem, device_pem, damaged,
          "root pubkey conversion failed: this is no public key on P-256");
}

static void missmatched(const char *what, unsigned read, const char *ending) {
  check_case(what);
  fake_chip.flip_at = read;
  (void)answer_to("q");
  const char *const found = strstr(said, ending);
  CHECK(found != NULL);
  CHECK_TEXT("\n\nDevice Provisioning failed!\n", found == NULL ? said : &found[strlen(ending)]);
}

static void chip_in_another_state(void) {
  begin();
  fake_chip.public_key[0] ^= 1u;
  send_texts(signer_pem, device_pem, root_key_pem);
  missmatched("another key in slot 0", 0,
              "Device certificate missmatch: the device certificate from the chip differs from the one that was "
              "written: "
              "it was issued for another key than that of the chip");
  begin();
  send_texts(signer_pem, device_pem, root_key_pem);
  missmatched("another serial number than was written", 13,
              "Failed to write device sn: the serial number from the chip differs from the one that was written");
  begin();
  send_texts(signer_pem, device_pem, root_key_pem);
  missmatched("another signature than was written", 26,
              "Signer certificate missmatch: the signer certificate from the chip differs from the one that was "
              "written");
  begin();
  char other_root[512];
  char info[256];
  (void)snprintf(info, sizeof info, "3059301306072a8648ce3d020106082a8648ce3d03010703420004%s",
                 chain0_device_public_key);
  pem_of("PUBLIC KEY", info, other_root, sizeof other_root);
  send_texts(signer_pem, device_pem, other_root);
  missmatched("a root that did not issue the signer", 0,
              "Signer certificate missmatch: the signer certificate from the chip differs from the one that was "
              "written: "
              "it was issued by another key than the one above it in the chip");

  begin();
  uint8_t der[640];
  char odd[1024];
  const size_t length = hex_bytes(chain0_signer_der, der);
  memcpy(&der[85], "191318", 6);
  CHECK(pem_encode("CERTIFICATE", der, length, odd, sizeof odd) > 0u);
  send_texts(odd, device_pem, root_key_pem);
  missmatched("a certificate whose date no chip takes", 0,
              "Reading Signer Certificate\nFailed to read signer certificate: the signer certificate cannot be "
              "rebuilt: "
              "ATCACERT_E_INVALID_DATE");
}

/* The chip refuses one command after the other. */
static void refusing_chip(void) {
  static const struct {
    unsigned first; /* command of the step */
    const char *words;
  } steps[] = {{1, "Failed to init: the chip answered Read with status 0F"},
               {3, "Failed to write root ca public key: the chip answered Write with status 0F"},
               {7, "Failed to write device sn: the chip answered Write with status 0F"},
               {12, "Failed to write device sn: the chip answered Read with status 0F"},
               {14, "Failed to write signer certificate: the chip answered Write with status 0F"},
               {22, "Failed to write device certificate: the chip answered Write with status 0F"},
               {26, "Failed to read signer certificate: the chip answered Read with status 0F"},
               {36, "Failed to read device certificate: the chip answered Read with status 0F"},
               {40, "Failed to read device certificate: the chip answered GenKey with status 0F"},
               {41, "Failed to read device certificate: the chip answered Read with status 0F"}};
  check_case("each command refused");
  for (unsigned at = 1; at <= 41u; at++) {
    size_t step = 0;
    while (step + 1u < sizeof steps / sizeof steps[0] && steps[step + 1u].first <= at) step++;
    begin();
    send_texts(signer_pem, device_pem, root_key_pem);
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    (void)answer_to("q");
    CHECK(strstr(said, steps[step].words) != NULL);
    CHECK(strstr(said, "Successful") == NULL);
    CHECK_EQUAL(at, fake_chip.command_count);
  }

  check_case("no chip: each letter says so");
  begin();
  fake_chip.absent = true;
  CHECK_TEXT("Unable to read the serial number: the chip did not answer the wake pulse with 04 11 33 43\n",
             answer_to("s"));
  CHECK_TEXT("Unable to configure the chip: the chip did not answer the wake pulse with 04 11 33 43\n", answer_to("k"));
  send_texts(signer_pem, device_pem, root_key_pem);
  CHECK_TEXT("\nprovisioning start\nFailed to init: the chip did not answer the wake pulse with 04 11 33 43\n"
             "\nDevice Provisioning failed!\n",
             answer_to("q"));

  check_case("a chip that refuses the spare keys has told its public key all the same");
  begin();
  fake_chip.status_at = 29;
  fake_chip.status = 0x0f;
  (void)answer_to("k");
  CHECK(strstr(said,
               "-----END PUBLIC KEY-----\nUnable to configure the chip: the chip answered GenKey with status "
               "0F\n") != NULL);
}

int main(void) {
  make_texts();
  letters();
  texts();
  provisions();
  refusals();
  chip_in_another_state();
  refusing_chip();
  return check_end("provisioning");
}

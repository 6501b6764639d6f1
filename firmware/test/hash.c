/* SHA-1 and SHA-256 (FIPS 180-4) for tests, as a port provides them. Messages of tests are short. */
#include <string.h>

#include "../core/port.h"

#define BLOCK 64u

static uint32_t left(uint32_t word, unsigned bits) { return (word << bits) | (word >> (32u - bits)); }

static uint32_t right(uint32_t word, unsigned bits) { return (word >> bits) | (word << (32u - bits)); }

static uint32_t load(const uint8_t *bytes) {
  return ((uint32_t)bytes[0] << 24) | ((uint32_t)bytes[1] << 16) | ((uint32_t)bytes[2] << 8) | bytes[3];
}

static void store(uint8_t *bytes, uint32_t word) {
  for (unsigned at = 0; at < 4u; at++) bytes[at] = (uint8_t)((word >> (24u - 8u * at)) & 0xffu);
}

static void sha1_block(uint32_t state[8], const uint8_t block[BLOCK]) {
  uint32_t w[80];
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (unsigned t = 0; t < 16u; t++) w[t] = load(&block[4u * t]);
  for (unsigned t = 16; t < 80u; t++) w[t] = left(w[t - 3u] ^ w[t - 8u] ^ w[t - 14u] ^ w[t - 16u], 1);
  for (unsigned t = 0; t < 80u; t++) {
    static const uint32_t k[4] = {0x5a827999u, 0x6ed9eba1u, 0x8f1bbcdcu, 0xca62c1d6u};
    uint32_t f = b ^ c ^ d;
    if (t < 20u) f = (b & c) ^ (~b & d);
    if (t >= 40u && t < 60u) f = (b & c) ^ (b & d) ^ (c & d);
    const uint32_t next = left(a, 5) + f + e + k[t / 20u] + w[t];
    e = d;
    d = c;
    c = left(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

static const uint32_t k256[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u,
    0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u,
    0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
    0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u,
    0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
    0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
    0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
    0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u};

static void sha256_block(uint32_t state[8], const uint8_t block[BLOCK]) {
  uint32_t w[64];
  uint32_t s[8];
  for (unsigned t = 0; t < 16u; t++) w[t] = load(&block[4u * t]);
  for (unsigned t = 16; t < 64u; t++) {
    const uint32_t low = w[t - 15u];
    const uint32_t high = w[t - 2u];
    w[t] = w[t - 16u] + (right(low, 7) ^ right(low, 18) ^ (low >> 3)) + w[t - 7u] +
           (right(high, 17) ^ right(high, 19) ^ (high >> 10));
  }
  memcpy(s, state, sizeof s);
  for (unsigned t = 0; t < 64u; t++) {
    const uint32_t t1 = s[7] + (right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                        k256[t] + w[t];
    const uint32_t t2 = (right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)) +
                        ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(&s[1], &s[0], 7u * sizeof s[0]);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (unsigned at = 0; at < 8u; at++) state[at] += s[at];
}

static void hash(void (*compress)(uint32_t state[8], const uint8_t block[BLOCK]), uint32_t state[8],
                 const uint8_t *bytes, size_t length) {
  uint8_t block[BLOCK];
  size_t done = 0;
  for (; length - done >= BLOCK; done += BLOCK) compress(state, &bytes[done]);
  const size_t rest = length - done;
  memset(block, 0, sizeof block);
  if (rest > 0u) memcpy(block, &bytes[done], rest);
  block[rest] = 0x80;
  if (rest >= BLOCK - 8u) {
    compress(state, block);
    memset(block, 0, sizeof block);
  }
  store(&block[BLOCK - 4u], (uint32_t)(length * 8u));
  compress(state, block);
}

void port_sha1(const uint8_t *bytes, size_t length, uint8_t digest[20]) {
  uint32_t state[8] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u, 0, 0, 0};
  hash(sha1_block, state, bytes, length);
  for (unsigned at = 0; at < 5u; at++) store(&digest[4u * at], state[at]);
}

void port_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
  uint32_t state[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu,
                       0x5be0cd19u};
  hash(sha256_block, state, bytes, length);
  for (unsigned at = 0; at < 8u; at++) store(&digest[4u * at], state[at]);
}

/*
 * What the core asks of the machine it runs on. Each port defines every function; the core calls nothing else of a system.
 * Nothing here allocates memory after the first call of port_start_task.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The I2C ports of the board: one for each part, or both parts on one wire, which only the port knows. */
enum port_bus { PORT_BUS_CHIP, PORT_BUS_SENSOR };

/* START, 7-bit address, bytes, STOP unless `stop` is false. False when the address or a byte was not acknowledged. */
bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop);

/* START, 7-bit address, `length` bytes, the last one not acknowledged, STOP. False when the address was not acknowledged. */
bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length);

/* What a driver waits between two transfers of its bus. */
void port_i2c_delay_us(enum port_bus bus, uint32_t us);

/* Milliseconds since power-up. */
uint64_t port_time_ms(void);

/* The calling task sleeps. */
void port_sleep_ms(uint32_t ms);

/* 32 random bits, not for keys: the chip makes those. */
uint32_t port_random(void);

/* One line of the serial console, without its end. Lines of two tasks do not mix. */
void port_print(const char *line);

void port_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]);
void port_sha1(const uint8_t *bytes, size_t length, uint8_t digest[20]);

/* Starts a second task. Called once; `stack_bytes` is advice. */
void port_start_task(void (*run)(void *), void *context, size_t stack_bytes);

/* One lock, for what both tasks change. Not recursive. */
void port_lock(void);
void port_unlock(void);

/* Whether the tasks are to end: the user of a POSIX build asked for it. Always false on a microcontroller. */
bool port_ending(void);

/* TLS over TCP, one connection at a time. */

struct port_tls_peer {
  const char *host; /* name to look up, SNI, and the name that the certificate must have */
  uint16_t port;
  uint32_t tcp_timeout_ms;
  uint32_t handshake_timeout_ms;
  /* The client's certificates, DER, in the order of the Certificate message; none with `certificate_count` 0. */
  const struct port_der *certificates;
  size_t certificate_count;
};

struct port_der {
  const uint8_t *bytes;
  size_t length;
};

enum port_tls_error { PORT_TLS_OK = 0, PORT_TLS_NO_ADDRESS, PORT_TLS_NO_CONNECTION, PORT_TLS_HANDSHAKE };

/*
 * Connects and shakes hands. The ephemeral key, the shared secret and the signature are asked of the chip
 * (chip_keys.h); what is offered is in the profile's `tls`. On failure nothing stays open.
 */
enum port_tls_error port_tls_connect(const struct port_tls_peer *peer);

/*
 * One TLS record. Returns `length`, 0 when the peer took nothing for `timeout_ms`, -1 when there is no connection. Both tasks may call
 * it at a time, also while one of them reads, and each has its own time-out; none waits on after port_ending.
 */
int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms);

/* At most one record's plaintext. Returns its bytes, 0 after `timeout_ms` without any, -1 when there is no connection. */
int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms);

/* close_notify and FIN. May be called without a connection. */
void port_tls_close(void);

#endif

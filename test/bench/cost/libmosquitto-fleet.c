/*
 * The second peer: libmosquitto with OpenSSL, one thread, one epoll set, its own certificate and key file for each device.
 * `libmosquitto-fleet DIRECTORY PORT COUNT RATE SCRIPT QOS INTERVAL_MS` does what mqttjs-fleet.ts does; INTERVAL_MS 0 publishes nothing.
 */
#include <errno.h>
#include <mosquitto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

static const char PAYLOAD[] =
    "{\"Temparature\": \"21.000000\" , \"Pressure\": \"1013.250000\" , \"Humidity\": \"45.000000\" , \"Site\": \"0000000\"}";

struct device {
  struct mosquitto *client;
  char topics[2][40];
  double due;
};

static volatile sig_atomic_t interrupted;
static int script, qos, interval_ms;
static long connected, sent;
/* Devices that publish, by when they are due: all have the same interval, so it is a ring. */
static struct device **ring;
static long ring_count, ring_head;

static void interrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void check(int status, const char *what) {
  if (status == MOSQ_ERR_SUCCESS) return;
  fprintf(stderr, "%s: %s\n", what, mosquitto_strerror(status));
  exit(1);
}

static void publish(struct device *device, const char *topic, const char *payload, int level) {
  sent++;
  check(mosquitto_publish(device->client, NULL, topic, (int)strlen(payload), payload, level, false), "publish");
}

static void on_connect(struct mosquitto *client, void *own, int code) {
  struct device *device = own;
  if (code != 0) {
    fprintf(stderr, "CONNACK %d\n", code);
    exit(1);
  }
  connected++;
  if (script) {
    for (int level = 0; level < 2; level++)
      check(mosquitto_subscribe(client, NULL, device->topics[level], level), "subscribe");
    check(mosquitto_unsubscribe(client, NULL, device->topics[1]), "unsubscribe");
  }
  if (interval_ms > 0) {
    device->due = now_ms() + interval_ms;
    ring[ring_count++] = device;
  }
}

static void on_subscribe(struct mosquitto *client, void *own, int id, int count, const int *granted) {
  struct device *device = own;
  (void)client, (void)id, (void)count, (void)granted;
  publish(device, device->topics[0], "data", 0);
}

static void arrive(struct device *device, long k, const char *directory, int port, int epoll) {
  char id[24], ca[512], certificate[512], key[512];
  snprintf(id, sizeof id, "device-%ld", k);
  snprintf(ca, sizeof ca, "%s/server-ca.pem", directory);
  snprintf(certificate, sizeof certificate, "%s/%ld.pem", directory, k);
  snprintf(key, sizeof key, "%s/%ld.key", directory, k);
  for (int level = 0; level < 2; level++)
    snprintf(device->topics[level], sizeof device->topics[level], "/topic/qos%d/%s", level, id);
  device->client = mosquitto_new(id, true, device);
  mosquitto_connect_callback_set(device->client, on_connect);
  mosquitto_subscribe_callback_set(device->client, on_subscribe);
  check(mosquitto_tls_set(device->client, ca, NULL, certificate, key, NULL), "certificates");
  check(mosquitto_tls_opts_set(device->client, 1, "tlsv1.2", NULL), "TLS");
  check(mosquitto_connect(device->client, "localhost", port, 120), "connect");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = device};
  epoll_ctl(epoll, EPOLL_CTL_ADD, mosquitto_socket(device->client), &event);
}

/* What is left to write, such as the CONNECT behind a handshake that has just ended. */
static void flush(struct device *device) {
  if (mosquitto_want_write(device->client)) check(mosquitto_loop_write(device->client, 1), "write");
}

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  const char *directory = argv[1];
  int port = atoi(argv[2]);
  long count = atol(argv[3]);
  double rate = atof(argv[4]);
  script = atoi(argv[5]);
  qos = atoi(argv[6]);
  interval_ms = atoi(argv[7]);
  struct device *devices = calloc(count, sizeof *devices);
  ring = calloc(count, sizeof *ring);
  signal(SIGINT, interrupt);
  mosquitto_lib_init();
  int epoll = epoll_create1(0);
  double begin = now_ms(), housekeeping = begin;
  long arrived = 0;

  while (!interrupted) {
    double now = now_ms();
    for (; arrived < count && now >= begin + arrived * 1e3 / rate; now = now_ms(), arrived++)
      arrive(&devices[arrived], arrived, directory, port, epoll);
    while (ring_count > 0 && ring[ring_head]->due <= now) {
      struct device *device = ring[ring_head];
      publish(device, device->topics[qos], PAYLOAD, qos);
      device->due += interval_ms;
      ring_head = (ring_head + 1) % ring_count;
    }
    if (now - housekeeping >= 1000) {
      housekeeping = now;
      for (long k = 0; k < arrived; k++) {
        check(mosquitto_loop_misc(devices[k].client), "keep-alive");
        flush(&devices[k]);
      }
    }
    double until = housekeeping + 1000;
    if (arrived < count && begin + arrived * 1e3 / rate < until) until = begin + arrived * 1e3 / rate;
    if (ring_count > 0 && ring[ring_head]->due < until) until = ring[ring_head]->due;
    double wait = until - now_ms();
    struct epoll_event events[256];
    int ready = epoll_wait(epoll, events, 256, wait <= 0 ? 0 : (int)wait + 1);
    if (ready < 0 && errno != EINTR) return 1;
    for (int i = 0; i < ready; i++) {
      struct device *device = events[i].data.ptr;
      check(mosquitto_loop_read(device->client, 1), "read");
      flush(device);
    }
  }
  printf("{\"connected\":%ld,\"sent\":%ld}\n", connected, sent);
  return 0;
}

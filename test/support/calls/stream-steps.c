#include "steps.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

/* What libc makes of reads and writes, and of names. */

static FILE *stream;

/* Unbuffered, as whoever uses a stream on a bus must have it. */
static void opened(const char *name) {
  if (stream == NULL) {
    print_result(name, -1);
    return;
  }
  setvbuf(stream, NULL, _IONBF, 0);
  descriptor = fileno(stream);
  printf("%s ok\n", name);
}

static void step_fdopen(char **arguments) {
  stream = fdopen(descriptor, arguments[0]);
  opened("fdopen");
}

static void step_fopen(char **arguments) {
  stream = fopen(arguments[0], "r+b");
  opened("fopen");
}

static void step_fopen64(char **arguments) {
  stream = fopen64(arguments[0], "r+b");
  opened("fopen64");
}

static void step_freopen(char **arguments) {
  stream = freopen(arguments[0], "r+", fopen("/dev/null", "r"));
  opened("freopen");
}

static void step_fwrite(char **arguments) {
  uint8_t bytes[256];
  size_t count = parse_bytes(arguments[0], bytes, sizeof bytes);
  size_t written = fwrite(bytes, 1, count, stream);
  print_result("fwrite", written < count ? -1 : (long)written);
}

static void step_fread(char **arguments) {
  uint8_t bytes[256];
  size_t count = fread(bytes, 1, strtoul(arguments[0], NULL, 10), stream);
  printf("fread ");
  print_bytes(bytes, count);
}

static void step_fclose(char **arguments) {
  (void)arguments;
  print_result("fclose", fclose(stream));
}

/*
 * A line is written to one stream, and one is read from another, with the buffers that streams have when nobody sets any. A
 * line that never left would never be answered.
 */
static void step_ask(char **arguments) {
  char line[256];
  FILE *requests = fdopen(descriptor, "w"), *replies = fdopen(descriptor, "r");
  alarm(10);
  fprintf(requests, "%s\n", arguments[0]);
  printf("fgets %s", fgets(line, sizeof line, replies) == NULL ? "nothing\n" : line);
  alarm(0);
}

static void step_dprintf(char **arguments) {
  print_result("dprintf", dprintf(descriptor, "%s%d", arguments[0], 42));
}

/* Segments like "1011,12", one of no byte between two commas. */
static int parse_segments(char *text, struct iovec *segments, uint8_t bytes[][32]) {
  int count = 0;
  for (char *part; (part = strsep(&text, ",")) != NULL; count++) {
    segments[count] = (struct iovec){bytes[count], parse_bytes(part, bytes[count], 32)};
  }
  return count;
}

static void step_writev(char **arguments) {
  uint8_t bytes[8][32];
  struct iovec segments[8];
  int count = parse_segments(arguments[0], segments, bytes);
  print_result("writev", writev(descriptor, segments, count));
}

/* As many bytes as each segment has digits' pairs. */
static void step_readv(char **arguments) {
  uint8_t bytes[8][32];
  struct iovec segments[8];
  int count = parse_segments(arguments[0], segments, bytes);
  print_result("readv", readv(descriptor, segments, count));
  for (int i = 0; i < count; i++) print_bytes(bytes[i], segments[i].iov_len);
}

/* More bytes than there can be, and numbers of segments that are none, too large, and 0. */
static void step_writev_wrong(char **arguments) {
  (void)arguments;
  struct iovec segment = {NULL, SIZE_MAX};
  volatile int counts[] = {1, -1, 1025, 0};
  for (int i = 0; i < 4; i++) print_result("writev", writev(descriptor, &segment, counts[i]));
}

/* More in the first segment than one transfer carries. */
static void step_writev_long(char **arguments) {
  (void)arguments;
  static uint8_t bytes[8193];
  struct iovec segments[] = {{bytes, sizeof bytes}, {bytes, 1}};
  print_result("writev", writev(descriptor, segments, 2));
}

static void step_realpath(char **arguments) {
  char resolved[PATH_MAX];
  char *own = realpath(arguments[0], NULL);
  char *given = realpath(arguments[0], resolved);
  if (own == NULL || given != resolved || strcmp(own, given) != 0) print_result("realpath", -1);
  else printf("realpath %s\n", own);
  free(own);
}

/* The path may have a %d for the descriptor. */
static void step_readlink(char **arguments) {
  char path[64], target[64];
  snprintf(path, sizeof path, arguments[0], descriptor);
  ssize_t length = readlink(path, target, sizeof target);
  if (length < 0) print_result("readlink", length);
  else printf("readlink %.*s\n", (int)length, target);
}

const struct step STREAM_STEPS[] = {
  {"fdopen", step_fdopen, 1},     {"fopen", step_fopen, 1},       {"fopen64", step_fopen64, 1},
  {"freopen", step_freopen, 1},   {"fwrite", step_fwrite, 1},     {"fread", step_fread, 1},
  {"fclose", step_fclose, 0},     {"ask", step_ask, 1},           {"dprintf", step_dprintf, 1},
  {"writev", step_writev, 1},     {"readv", step_readv, 1},       {"writev-wrong", step_writev_wrong, 0},
  {"writev-long", step_writev_long, 0},
  {"realpath", step_realpath, 1}, {"readlink", step_readlink, 1}, {NULL, NULL, 0},
};

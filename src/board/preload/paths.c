#include "paths.h"

#include "descriptors.h"
#include "memory.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct split {
  char text[PATH_MAX];
  const char *directory; /* "." for where a relative path begins */
  const char *name;      /* the last part */
};

/* Takes out what leads nowhere: "//", and "." before a slash. */
static void squeeze(char *path) {
  char *to = path;
  for (const char *from = path; *from != '\0';) {
    bool begins = from == path || from[-1] == '/';
    if (begins && from > path && *from == '/') from++;
    else if (begins && from[0] == '.' && from[1] == '/') from += 2;
    else *to++ = *from++;
  }
  *to = '\0';
}

static void cut(char *text, const char **directory, const char **name) {
  char *slash = strrchr(text, '/');
  *name = slash == NULL ? text : slash + 1;
  *directory = slash == NULL ? "." : slash == text ? "/" : text;
  if (slash != NULL) *slash = '\0';
}

static bool split_path(const char *path, struct split *split) {
  if (text_from_program(split->text, sizeof split->text, path) < 0) return false;
  squeeze(split->text);
  cut(split->text, &split->directory, &split->name);
  return true;
}

/* By any name: from a directory that was changed to, over a link, by "..". */
static bool is_dev(int from, const char *directory) {
  if (strcmp(directory, "/dev") == 0) return true;
  struct stat here, dev;
  int before = errno;
  bool same = fstatat(from, directory, &here, 0) == 0 && stat("/dev", &dev) == 0 && here.st_dev == dev.st_dev &&
              here.st_ino == dev.st_ino;
  errno = before;
  return same;
}

static bool is_own_descriptors(const char *directory) {
  char numbered[32];
  snprintf(numbered, sizeof numbered, "/proc/%d/fd", (int)getpid());
  const char *const names[] = {"/proc/self/fd", "/proc/thread-self/fd", "/dev/fd", numbered};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(directory, names[i]) == 0) return true;
  }
  return false;
}

static bool place_of_split_link(const struct split *split, struct place *place) {
  if (!is_own_descriptors(split->directory) || *split->name < '0' || *split->name > '9') return false;
  char *end;
  unsigned long fd = strtoul(split->name, &end, 10);
  return *end == '\0' && fd <= INT_MAX && place_of_descriptor((int)fd, place);
}

static bool place_of_name(const char *name, struct place *place) {
  static const struct {
    const char *text;
    enum kind kind;
  } prefixes[] = {{"i2c-", I2C}, {"ttyEMU", SERIAL}};

  for (unsigned i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t length = strlen(prefixes[i].text);
    if (strncmp(name, prefixes[i].text, length) == 0) return place_of_number(prefixes[i].kind, name + length, place);
  }
  return false;
}

/* /dev/i2c/k: a directory that need not be there. */
static bool place_of_old_name(int from, struct split *split, struct place *place) {
  if (!place_of_number(I2C, split->name, place) || split->directory != split->text) return false;
  const char *directory, *name;
  cut(split->text, &directory, &name);
  return strcmp(name, "i2c") == 0 && is_dev(from, directory);
}

bool place_of_path(int directory, const char *path, enum links links, struct place *place) {
  struct split split;
  if (!split_path(path, &split)) return false;
  if (place_of_name(split.name, place)) return is_dev(directory, split.directory);
  if (links == FOLLOW && place_of_split_link(&split, place)) return true;
  return place_of_old_name(directory, &split, place);
}

bool place_of_link(const char *path, struct place *place) {
  struct split split;
  return split_path(path, &split) && place_of_split_link(&split, place);
}

struct device_path path_of_place(const struct place *place) {
  struct device_path path;
  snprintf(path.text, sizeof path.text, place->kind == I2C ? "/dev/i2c-%u" : "/dev/ttyEMU%u", place->board);
  return path;
}

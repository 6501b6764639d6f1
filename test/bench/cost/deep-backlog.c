/*
 * Preloaded into mosquitto. It asks for an accept queue of 100 connections, and a client that brings more while mosquitto
 * is in a handshake gets no answer for a second. With a deep queue no contender has to hold its arrivals back.
 */
#include <dlfcn.h>

int listen(int fd, int backlog) {
  int (*real)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "listen");
  return real(fd, backlog < 4096 ? 4096 : backlog);
}

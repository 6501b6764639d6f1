#define _GNU_SOURCE /* pthread_timedjoin_np */
#include "tasks.h"

#include <pthread.h>
#include <time.h>

#include "../core/port.h"
#include "ending.h"

struct task {
  void (*run)(void *);
  void *context;
};

static struct task second;
static pthread_t thread;
static bool started;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *run_task(void *argument) {
  const struct task *task = argument;
  task->run(task->context);
  return NULL;
}

void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  (void)stack_bytes; /* what TLS needs on this machine is more than a task has on the board */
  second = (struct task){.run = run, .context = context};
  started = pthread_create(&thread, NULL, run_task, &second) == 0;
  if (!started) ending_give_up("the system starts no thread");
}

void port_lock(void) { (void)pthread_mutex_lock(&lock); }

void port_unlock(void) { (void)pthread_mutex_unlock(&lock); }

void tasks_join(void) {
  struct timespec until;
  if (!started || clock_gettime(CLOCK_REALTIME, &until) != 0) return;
  until.tv_sec += 2;
  (void)pthread_timedjoin_np(thread, NULL, &until);
}

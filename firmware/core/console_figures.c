/*
 * Figures of a heap and a stack that are not there: what the original firmware's log shows once the device publishes. A
 * port that has a heap defines these functions itself and leaves this file out.
 */
#include "console.h"

#define HEAP_8BIT 128120u
#define HEAP_32BIT 190296u
#define STACK_BYTES 1904u

void console_free_memory(void) { console_log('I', "ECC608", "[APP] Free memory: %u bytes", HEAP_32BIT); }

void console_free_heap(void) {
  console_print("Free Heap Size 8bit = %u", HEAP_8BIT);
  console_print("Free Heap Size 32bit = %u", HEAP_32BIT);
}

void console_stack(void) {
  console_log('I', "ECC608", "Stack remaining for task 'main' is %u bytes", STACK_BYTES);
}

import type { Esp32Event } from './events.ts';
import type { SerialLog } from './serial-log.ts';

/** The twin has no stack: what the original firmware's log shows once the device publishes. */
const STACK = 1904;

/** ERROR of Bosch's driver: a transfer failed. */
const MEASURE_FAILED = -1;

/** What the publish loop prints. */
export function printLoop(event: Esp32Event, log: SerialLog): void {
  switch (event.type) {
    case 'esp32.loopBegan':
      log.freeHeap();
      break;
    case 'esp32.measured':
      if (!event.acknowledged) log.log('E', 'ECC608', `measure error. code: ${MEASURE_FAILED}`);
      log.application(`Stack remaining for task 'main' is ${STACK} bytes`);
  }
}

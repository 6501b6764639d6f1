import type { I2c } from '../../emulator/i2c/index.ts';

/** The bus as a task sees it whose time began at `start` of the board's. */
export function onTaskTime(bus: I2c, start: number): I2c {
  return {
    write: (address, bytes, stop) => bus.write(address, bytes, stop),
    read: (address, length, stop) => bus.read(address, length, stop),
    readyAt(address) {
      const at = bus.readyAt(address);
      return at === undefined ? undefined : at - start;
    },
  };
}

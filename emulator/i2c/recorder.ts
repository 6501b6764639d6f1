import type { Time } from '../clock/index.ts';
import type { I2c } from './bus.ts';
import { Monitor, type Transaction } from './monitor.ts';

/** A monitor that remembers every transfer, in order. `transcript` makes them readable. */
export class Recorder extends Monitor {
  readonly transactions: Transaction[];

  constructor(bus: I2c, clock?: Time) {
    const transactions: Transaction[] = [];
    super(bus, (transaction) => transactions.push(transaction), clock);
    this.transactions = transactions;
  }
}

export { type I2c, I2cBus } from './bus.ts';
export { type I2cController, i2cController, type Pace } from './controller.ts';
export { ACK, ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from './target.ts';

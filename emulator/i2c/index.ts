export { isDeviceAddress } from './addresses.ts';
export { type I2c, I2cBus } from './bus.ts';
export { type I2cController, i2cController, type Pace, settled } from './controller.ts';
export { type Fault, FaultyBus } from './faults.ts';
export { Monitor, type Transaction } from './monitor.ts';
export { parseTranscript, type TranscribedTransaction } from './parse-transcript.ts';
export { Recorder } from './recorder.ts';
export { ACK, ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from './target.ts';
export {
  type Decoders,
  descriptions,
  normalise,
  type TransactionDecoder,
  Transcriber,
  transcript,
} from './transcript.ts';

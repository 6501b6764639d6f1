export { ATECC608_ADDRESS, Atecc608, type Atecc608Options } from './atecc608.ts';
export { type ConfigZone, decodeConfig, encodeConfig, type SlotPolicy } from './config.ts';
export { type CounterFields, counterFields, counterValue } from './counter.ts';
export { crc16 } from './crc16.ts';
export { factoryMemory } from './factory.ts';
export { CONFIG_SIZE, DATA_SIZE, MEMORY_SIZE, OTP_SIZE, slotOffset, slotSize, ZONE } from './memory.ts';
export { OPCODE, type Opcode, WORD_ADDRESS } from './opcodes.ts';
export { STATUS, type Status, statusName } from './status.ts';
export { atecc608Decoder } from './transcript.ts';

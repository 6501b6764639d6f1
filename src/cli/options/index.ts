export { isHostName, MQTTS_PORT, parseBroker } from './broker-url.ts';
export { CA_OPTIONS, withOrganization, yearsOf } from './ca-options.ts';
export { VARIANTS, variantOf } from './chip-variant.ts';
export { cryptoOption, parseCrypto } from './crypto.ts';
export { parseDuration } from './duration.ts';
export { parseCount, parseDevice, parseDevices, parsePositive } from './numbers.ts';
export { parsePace } from './pace.ts';
export { parseSegment } from './segment.ts';
export { parseWorkers } from './workers.ts';

export { type ConfigDifference, compareConfigs } from './config-differences.ts';
export { configDocument, configFromDocument } from './config-document.ts';
export { configTable } from './config-table.ts';
export { compareExchanges, type Exchange, type ExchangeDifference, exchangesOf } from './exchanges.ts';
export { type ParsedCommand, parseChipCommand, runPacket } from './run-commands.ts';

export { type ConfigDifference, compareConfigs } from './config-differences.ts';
export { configDocument, configFromDocument } from './config-document.ts';
export { configTable } from './config-table.ts';

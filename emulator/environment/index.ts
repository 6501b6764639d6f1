export { type Ambient, type Climate, constantAmbient } from './ambient.ts';
export { officeClimate } from './office.ts';

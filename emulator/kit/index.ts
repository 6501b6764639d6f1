export type { KitBus } from './chip-link.ts';
export { KitSession } from './session.ts';

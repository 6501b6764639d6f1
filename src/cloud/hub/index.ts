export { HubRegistry } from './registry.ts';
export { HubService } from './service.ts';

export { Registrar } from './registrar.ts';
export { DpsService } from './service.ts';

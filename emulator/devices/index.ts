export { type Profile, profileSchema, type ScriptStep } from './profile.ts';

export { esp32Mqtts } from './firmware.ts';
export { type Esp32MqttsProfile, esp32MqttsProfile } from './profile.ts';

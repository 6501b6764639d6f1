import type { BrokerRoute, Device, DeviceTap, DeviceUnit, FleetSurroundings, Observe } from '../../device/index.ts';
import { type Esp32Event, type LoopSettings, solderBoard } from '../../esp32/index.ts';
import { FirmwareConsole } from './console.ts';
import { Esp32Mqtts } from './device.ts';
import type { Esp32MqttsProfile } from './profile.ts';

/** What all devices of a fleet of this firmware share. */
export interface Esp32MqttsFleet {
  readonly profile: Esp32MqttsProfile;
  readonly route: BrokerRoute;
  readonly loop: LoopSettings;
  readonly surroundings: FleetSurroundings;
}

/** Puts the firmware onto a board with a provisioned chip and a sensor of its own. */
export function buildDevice(shared: Esp32MqttsFleet, unit: DeviceUnit, observe: Observe, tap?: DeviceTap): Device {
  const fleet = unit.dial === undefined ? shared : { ...shared, route: { ...shared.route, dial: unit.dial } };
  const { profile, loop, surroundings } = fleet;
  const board = solderBoard(profile, loop.intervalMs, surroundings, unit, tap);
  return new Esp32Mqtts(fleet, board, unit.macTail, withConsole(observe, fleet, tap));
}

/** The serial console is one more observer, when somebody reads it. */
function withConsole(
  observe: Observe,
  { profile, route, surroundings: { clock } }: Esp32MqttsFleet,
  tap: DeviceTap | undefined,
): Observe<Esp32Event> {
  if (tap?.console === undefined) return observe;
  const { reconnect, bufferBytes } = profile.mqtt;
  const host = route.host.includes(':') ? `[${route.host}]` : route.host;
  const facts = { uri: `mqtts://${host}:${route.port}`, reconnectMs: reconnect.waitMs, bufferBytes };
  const console = new FirmwareConsole(facts, clock, (line) => tap.console?.(line));
  return (event) => {
    console.observe(event);
    observe(event);
  };
}

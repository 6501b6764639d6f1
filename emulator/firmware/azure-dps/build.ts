import type { Device, DeviceTap, DeviceUnit, Observe } from '../../device/index.ts';
import { solderBoard } from '../../esp32/index.ts';
import { FirmwareConsole } from './console.ts';
import { AzureDps } from './device.ts';
import type { AzureDpsEvent } from './events.ts';
import type { AzureDpsFleet } from './station.ts';

/** Puts the firmware onto a board with a provisioned chip and a sensor of its own. */
export function buildDevice(shared: AzureDpsFleet, unit: DeviceUnit, observe: Observe, tap?: DeviceTap): Device {
  const fleet = unit.dial === undefined ? shared : { ...shared, route: { ...shared.route, dial: unit.dial } };
  const { profile, loop, surroundings } = fleet;
  const board = solderBoard(profile, loop.intervalMs, surroundings, unit, tap);
  return new AzureDps(fleet, board, unit.commonName, withConsole(observe, fleet, tap));
}

/** The serial console is one more observer, when somebody reads it. */
function withConsole(
  observe: Observe,
  { profile, surroundings: { clock } }: AzureDpsFleet,
  tap: DeviceTap | undefined,
): Observe<AzureDpsEvent> {
  if (tap?.console === undefined) return observe;
  const console = new FirmwareConsole(profile, clock, (line) => tap.console?.(line));
  return (event) => {
    console.observe(event);
    observe(event);
  };
}

import { CONFIG_SIZE, decodeConfig } from '../../emulator/atecc608/index.ts';
import { BME280_ADDRESS } from '../../emulator/bme280/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { freshPart, identities, type ProvisionedDevice, partSerialNumber } from '../factory/index.ts';
import { type BoardLayout, copyDevices, type NewBoards, readFleet } from '../store/index.ts';
import type { BoardRequest, ChipChoice } from './request.ts';

const GENERIC: ChipChoice = { variant: 'ATECC608A', address: undefined };

/** Boards without a stored state yet: fresh chips, or copies of a fleet's. @throws EmuError EMU_E_FLEET_…, EMU_E_USAGE_BOARD */
export async function newBoards(request: BoardRequest, rng: Rng): Promise<NewBoards> {
  const made = await madeBoards(request, rng);
  requireApart(made);
  return made;
}

async function madeBoards(request: BoardRequest, rng: Rng): Promise<NewBoards> {
  const { count = 1, chips = [GENERIC], sensor = BME280_ADDRESS, fleet, seed } = request;
  const layout: BoardLayout = {
    chips: chips.map(({ variant, address }) => ({ variant, ...(address !== undefined && { address }) })),
    sensor,
  };
  const boards = Array.from({ length: count }, () => layout);
  const own = { boards, ...(seed !== undefined && { seed }) };
  if (fleet === undefined) return { ...own, chips: freshChips(boards, rng) };
  const { directory, first } = fleet;
  const devices = await copyDevices(directory, { from: first, to: first + count });
  return {
    ...own,
    fleet: { id: readFleet(directory).id, first },
    chips: devices.map((device, index) => ({ ...device, index, memory: device.memory.slice() })),
  };
}

/** Their serial numbers count, so that no two chips share one. */
function freshChips(boards: readonly BoardLayout[], rng: Rng): ProvisionedDevice[] {
  const identity = identities(rng);
  return boards
    .flatMap(({ chips }) => chips)
    .map(({ variant, address }, index) => {
      const device = identity(index);
      const serialNumber = partSerialNumber(variant, device.serialNumber);
      const memory = freshPart({ serialNumber, variant, address, rng: rng.fork('factory', index) });
      return { ...device, serialNumber, memory };
    });
}

/** Later a command or a snapshot may bring two chips to one address, as it may real ones. */
function requireApart({ boards, chips }: NewBoards): void {
  let next = 0;
  for (const { chips: places, sensor } of boards) {
    const taken = new Set([sensor]);
    for (const { memory } of chips.slice(next, next + places.length)) {
      const address = decodeConfig(memory.subarray(0, CONFIG_SIZE)).i2cAddress >> 1;
      if (taken.has(address)) throw sharedAddress(address);
      taken.add(address);
    }
    next += places.length;
  }
}

function sharedAddress(address: number): EmuError {
  return new EmuError('EMU_E_USAGE_BOARD', `two parts of a board have the address ${address.toString(16)}`, {
    value: address,
    hint: 'Give each of --chip and --sensor one of its own, like --chip 60,35 --sensor 76.',
  });
}

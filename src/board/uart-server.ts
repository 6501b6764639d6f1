import type { Socket } from 'node:net';
import { AteccDriver } from '../../emulator/host-library/index.ts';
import {
  MassProvisioning,
  type MassProvisioningOptions,
  type SerialRequest,
} from '../../emulator/mass-provisioning/index.ts';
import { answerAll } from './answer-all.ts';
import type { Board } from './board.ts';

/**
 * The serial line of the board's microcontroller, on which its firmware answers one host until that hangs up. Whoever takes
 * the power from the whole board starts the firmware anew.
 */
export async function serveUart(board: Board, socket: Socket, options: MassProvisioningOptions): Promise<void> {
  const master = {};
  let { powerUps } = board;
  let firmware = new MassProvisioning(options);
  const answer = async (request: SerialRequest): Promise<Uint8Array> => {
    const text = await board.drive(master, (i2c) => firmware.answer(request, new AteccDriver(i2c)));
    return Buffer.from(text, 'latin1');
  };
  try {
    for await (const chunk of socket) {
      if (board.powerUps !== powerUps) firmware = new MassProvisioning(options);
      powerUps = board.powerUps;
      await answerAll(socket, firmware.requests(chunk as Uint8Array), answer);
    }
  } finally {
    board.leave(master);
  }
}

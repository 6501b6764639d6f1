import { ATECC608_ADDRESS } from '../../emulator/atecc608/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import type { MassProvisioningOptions } from '../../emulator/mass-provisioning/index.ts';
import type { Board } from './board.ts';
import { type Listener, listen } from './listener.ts';
import type { UartRequest } from './request.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { serveUart } from './uart-server.ts';

/** The serial line of one board. */
export interface Uart {
  /** On the loopback interface. */
  readonly port: number;
  /** The path of its terminal, where one was asked for. */
  readonly pty?: string;
}

/** The profile whose chip the firmware on the line makes. */
const PROFILE = 'esp32-mqtts';

/**
 * Serves the lines of all boards until the function that comes with them is called.
 * @throws EmuError EMU_E_BOARD_PORT, EMU_E_BOARD_COMPILER, EMU_E_BOARD_PLATFORM, EMU_E_BOARD_TERMINAL, EMU_E_USAGE_BOARD
 */
export async function startUarts(
  boards: readonly Board[],
  { port: first, pty }: UartRequest,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly uarts: readonly Uart[]; close(): Promise<void> }> {
  const firmware = await firmwareOptions();
  const listeners: Listener[] = [];
  const terminals: Terminal[] = [];
  const close = async () => {
    await Promise.all(terminals.map((terminal) => terminal.close()));
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    const uarts: Uart[] = [];
    for (const [index, board] of boards.entries()) {
      requireChip(board);
      const listener = await listen(first === undefined ? 0 : first + index, (socket) =>
        serveUart(board, socket, firmware),
      );
      listeners.push(listener);
      const terminal = pty ? await openTerminal(listener.port, environment) : undefined;
      if (terminal !== undefined) terminals.push(terminal);
      uarts.push({ port: listener.port, ...(terminal && { pty: terminal.path }) });
    }
    return { uarts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of a profile that is read when there is a line. */
async function firmwareOptions(): Promise<MassProvisioningOptions> {
  const { loadProfile } = await import('../profile/index.ts');
  return loadProfile(PROFILE);
}

function requireChip({ chips }: Board): void {
  if (chips.some(({ address }) => address === ATECC608_ADDRESS)) return;
  throw new EmuError(
    'EMU_E_USAGE_BOARD',
    'the firmware on the serial line works the chip at 60, and the board has none',
    {
      hint: 'Leave --uart out, or put a chip there: --chip 60,35.',
    },
  );
}

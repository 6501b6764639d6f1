import { type BoardRequest, type RunningBoards, SERVICES } from '../../board/index.ts';
import { type Paint, table } from '../../report/index.ts';

/** `--json`: where each board is and what is on it. */
export function machineView({ boards }: RunningBoards): object {
  return {
    schema: 'emu-board/1',
    host: '127.0.0.1',
    boards: boards.map(({ board, ports, uart }, index) => ({
      board: index,
      ports,
      ...(uart && { uart }),
      chips: board.chips.map(({ address, variant, serialNumber }) => ({ address, variant, serial: hex(serialNumber) })),
      sensor: board.sensor === undefined ? null : { address: board.sensor.address },
    })),
  };
}

export function personView({ boards }: RunningBoards, { state }: BoardRequest, paint: Paint): string {
  const hasUart = boards.some(({ uart }) => uart !== undefined);
  const rows = boards.map(({ board, ports, uart }, index) => [
    String(index),
    ...SERVICES.map((service) => String(ports[service])),
    ...(uart === undefined ? [] : [uart.pty ?? String(uart.port)]),
    board.chips.map(({ address, serialNumber }) => `${hexAddress(address)} ${hex(serialNumber)}`).join(', '),
    board.sensor === undefined ? '-' : hexAddress(board.sensor.address),
  ]);
  const [head = '', ...lines] = table([
    ['board', ...SERVICES, ...(hasUart ? ['uart'] : []), 'chips', 'sensor'],
    ...rows,
  ]);
  return [
    paint('bold', head),
    ...lines,
    '',
    `TCP ports of 127.0.0.1; ${state === undefined ? 'nothing is stored' : `the chips are stored in ${state}`}. Ctrl-C ends.`,
    '',
  ].join('\n');
}

function hexAddress(address: number): string {
  return address.toString(16).padStart(2, '0');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * `node board.js [--transactions N] [--rounds K] [--out FILE]`
 *
 * I2C transactions a second through the TCP port of `emu board`, beside a process that sends back as many bytes without
 * looking at them, in turn: what is between the two is what the board costs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { startBoard } from '../support/running-board.ts';
import { median, writeResult } from './result.ts';

const { values } = parseArgs({
  options: {
    transactions: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
});
const transactions = Number(values.transactions);

/** A register of the sensor: its number written without STOP, its byte read. */
const REQUEST = Buffer.from('53760100d052760100', 'hex');
const REPLY = Buffer.from('00000000010060', 'hex');
const TRANSACTIONS_PER_REQUEST = 2;

/** Answers each REQUEST with a REPLY. */
const PEER = `require('node:net').createServer({ noDelay: true }, (socket) => {
  let size = 0;
  socket.on('data', (chunk) => {
    size += chunk.length;
    const whole = Math.floor(size / ${REQUEST.length});
    size -= whole * ${REQUEST.length};
    socket.write(Buffer.alloc(whole * ${REPLY.length}));
  });
  socket.on('error', () => socket.destroy());
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

interface Shape {
  readonly name: string;
  readonly connections: number;
  /** Requests that wait for their replies on each connection. */
  readonly inFlight: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'one connection, one after the other', connections: 1, inFlight: 1 },
  { name: 'eight connections, one after the other', connections: 8, inFlight: 1 },
  { name: 'one connection, 64 at a time', connections: 1, inFlight: 64 },
];

/** Transactions a second. */
async function rate(port: number, { connections, inFlight }: Shape): Promise<number> {
  const requests = Math.ceil(transactions / TRANSACTIONS_PER_REQUEST / connections);
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const block = Buffer.concat(Array.from({ length: inFlight }, () => REQUEST));
  const begin = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      let due = 0;
      let left = requests;
      const ask = () => {
        const now = Math.min(left, inFlight);
        left -= now;
        due += now * REPLY.length;
        socket.write(block.subarray(0, now * REQUEST.length));
      };
      ask();
      for await (const chunk of socket) {
        due -= (chunk as Buffer).length;
        if (due > 0) continue;
        if (left === 0) break;
        ask();
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  for (const socket of sockets) socket.destroy();
  return (requests * connections * TRANSACTIONS_PER_REQUEST) / seconds;
}

const board = await startBoard();
const peer = spawn(process.execPath, ['-e', PEER], { stdio: ['ignore', 'pipe', 'inherit'] });
const results: { shape: string; contender: string; rates: number[] }[] = [];
try {
  const [line] = await once(peer.stdout, 'data');
  const contenders = [
    { name: 'emu board', port: board.boards[0]?.ports.i2c ?? 0 },
    { name: 'echo', port: Number(String(line)) },
  ];
  for (const shape of SHAPES) {
    const rows = contenders.map(({ name }) => ({ shape: shape.name, contender: name, rates: [] as number[] }));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [k, { port }] of contenders.entries()) rows[k]?.rates.push(await rate(port, shape));
    }
    results.push(...rows);
  }
} finally {
  peer.kill('SIGKILL');
  await board.stop();
}

const ratesOf = (shape: Shape, contender: string) =>
  results.find((row) => row.shape === shape.name && row.contender === contender)?.rates ?? [];
console.log('| transactions a second | emu board | echo | ratio |\n| --- | ---: | ---: | ---: |');
for (const shape of SHAPES) {
  const [own, echo] = [median(ratesOf(shape, 'emu board')), median(ratesOf(shape, 'echo'))];
  const text = (value: number) => Math.round(value).toLocaleString('en-US');
  console.log(`| ${shape.name} | ${text(own)} | ${text(echo)} | ${(own / echo).toFixed(2)} |`);
}
writeResult(values.out, { transactions, results });

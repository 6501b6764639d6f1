import { Atecc608, factoryMemory } from '../../emulator/atecc608/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { FaultyBus, I2cBus, type Pace, Recorder, transcript } from '../../emulator/i2c/index.ts';
import { KitSession } from '../../emulator/kit/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { SERIAL_NUMBER } from './atecc608.ts';

export interface KitBenchOptions {
  /** Of fresh generic chips, 7 bits. */
  readonly addresses?: readonly number[];
  readonly pace?: Pace;
}

/** A kit with fresh chips on a clock of its own, and hosts at it. */
export function kitBench({ addresses = [0x60], pace = 'fast' }: KitBenchOptions = {}) {
  const clock = new ManualClock({ start: 1000 });
  const parts = new I2cBus();
  const chips = addresses.map((address) => {
    const chip = new Atecc608({
      memory: factoryMemory({ serialNumber: SERIAL_NUMBER, address }),
      crypto: nodeCrypto,
      rng: rootRng(`kit ${address}`),
      clock,
      executionTimes: pace === 'hardware' ? 'maximum' : 'none',
    });
    parts.attachMovable(() => chip.address, chip);
    return chip;
  });
  const faults = new FaultyBus(parts, clock, rootRng('faults'));
  const recorder = new Recorder(faults);
  const bus = {
    chips: () => chips.map(({ address }) => address),
    write: (address: number, bytes: Uint8Array) => recorder.write(address, bytes),
    read: (address: number, length: number) => recorder.read(address, length),
    readyAt: (address: number) => faults.readyAt(address),
    clock,
  };
  /** Another host at the same kit. */
  const host = () => {
    const session = new KitSession(bus);
    /** The answers to what is sent, in pieces as given. */
    const send = async (...pieces: readonly (string | Uint8Array)[]): Promise<string[]> => {
      const answers: string[] = [];
      for (const piece of pieces) {
        for (const line of session.lines(Buffer.from(piece))) answers.push(await session.answer(line));
      }
      return answers;
    };
    /** The answer to one line, without its LF; time passes until it is there. */
    const ask = async (line: string): Promise<string> => {
      const answers = send(`${line}\n`);
      let over = false;
      answers.finally(() => {
        over = true;
      });
      while (!over) await clock.advance((clock.nextAlarm ?? clock.now()) - clock.now());
      const [answer = '', ...more] = await answers;
      if (more.length > 0 || !answer.endsWith('\n')) throw new Error(`not one line: ${answer}${more.join('')}`);
      return answer.slice(0, -1);
    };
    return { send, ask };
  };
  return { ...host(), host, clock, chips, faults, transcript: () => transcript(recorder.transactions) };
}

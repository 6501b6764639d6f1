import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import {
  ACK,
  ADDRESS_NACK,
  descriptions,
  I2cBus,
  type I2cTarget,
  normalise,
  Recorder,
  type TransactionDecoder,
  transcript,
} from '../../../emulator/i2c/index.ts';

/** Answers writes in the order of `results` (then with ACK), and reads with `reply` once `refusals` are used up. */
function scripted(options: {
  results?: ReturnType<I2cTarget['write']>[];
  refusals?: number;
  reply?: number[];
}): I2cTarget {
  const results = [...(options.results ?? [])];
  let refusals = options.refusals ?? 0;
  const reply = [...(options.reply ?? [])];
  return {
    write: () => results.shift() ?? ACK,
    read: (length) => (refusals-- > 0 ? undefined : Uint8Array.from(reply.splice(0, length))),
  };
}

const decoder: TransactionDecoder = {
  write: (bytes) => (bytes[0] === 0 ? '' : `ask ${bytes[0]}`),
  read: (bytes, written) => `answer ${bytes.length} to ${written[0]}`,
};

describe('transcript', () => {
  it('writes one line per transfer, decoded where the chip is known', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({ reply: [0x0a, 0x0b] })));
    recorder.write(0x60, Uint8Array.of(0x03, 0xff), false);
    recorder.read(0x60, 2);
    expect(transcript(recorder.transactions, new Map([[0x60, decoder]]))).toEqual([
      'W 60 03 FF + ; ask 3',
      'R 60 0A 0B ; answer 2 to 3',
    ]);
    expect(transcript(recorder.transactions)).toEqual(['W 60 03 FF +', 'R 60 0A 0B']);
  });

  it('marks where a target stopped acknowledging, and decodes no such transfer', () => {
    const target = scripted({ results: [ADDRESS_NACK, { ack: 'data-nack', taken: 1 }], refusals: 1 });
    const recorder = new Recorder(new I2cBus().attach(0x60, target));
    recorder.write(0x00, Uint8Array.of(0));
    recorder.write(0x60, Uint8Array.of(1, 2));
    recorder.write(0x60, Uint8Array.of(3, 4));
    recorder.read(0x60, 4);
    expect(transcript(recorder.transactions, new Map([[0x60, decoder]]))).toEqual([
      'W 00 NACK',
      'W 60 NACK',
      'W 60 03 NACK',
      'R 60 NACK',
    ]);
  });

  it('leads with the time when it has a clock', async () => {
    const clock = new ManualClock();
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({})), clock);
    await clock.advance(1.5);
    recorder.write(0x60, Uint8Array.of(7));
    expect(transcript(recorder.transactions)).toEqual(['1.500 W 60 07']);
  });

  it('keeps what was on the bus even if the host reuses its buffer', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({})));
    const buffer = Uint8Array.of(1);
    recorder.write(0x60, buffer);
    buffer[0] = 2;
    expect(transcript(recorder.transactions)).toEqual(['W 60 01']);
  });

  it('passes on what the target answers', () => {
    const bus = new I2cBus().attach(0x60, { ...scripted({ reply: [9] }), readyAt: () => 42 });
    const recorder = new Recorder(bus);
    expect(recorder.write(0x61, Uint8Array.of(1))).toEqual(ADDRESS_NACK);
    expect(recorder.read(0x60, 1)).toEqual(Uint8Array.of(9));
    expect(recorder.readyAt(0x60)).toBe(42);
  });
});

describe('descriptions', () => {
  it('are the decoders’ words alone', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({ reply: [1] })).attach(0x61, scripted({})));
    recorder.write(0x60, Uint8Array.of(5));
    recorder.write(0x61, Uint8Array.of(6));
    recorder.read(0x60, 1);
    recorder.write(0x60, Uint8Array.of(0));
    expect(descriptions(recorder.transactions, new Map([[0x60, decoder]]))).toEqual(['ask 5', 'answer 1 to 5']);
  });
});

describe('normalise', () => {
  const lines = (recorder: Recorder) => transcript(normalise(recorder.transactions));

  it('makes the split reads of one reply one, across the NACKs of polling', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({ refusals: 3, reply: [4, 0x11, 0x33, 0x43] })));
    recorder.write(0x60, Uint8Array.of(3));
    for (let poll = 0; poll < 3; poll++) recorder.read(0x60, 1);
    recorder.read(0x60, 1, false);
    recorder.read(0x60, 3);
    expect(lines(recorder)).toEqual(['W 60 03', 'R 60 04 11 33 43']);
  });

  it('keeps the replies to two questions apart', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({ reply: [1, 2] })));
    recorder.read(0x60, 1);
    recorder.write(0x60, Uint8Array.of(3));
    recorder.read(0x60, 1);
    expect(lines(recorder)).toEqual(['R 60 01', 'W 60 03', 'R 60 02']);
  });

  it('keeps the replies of two chips apart', () => {
    const bus = new I2cBus().attach(0x60, scripted({ reply: [1] })).attach(0x61, scripted({ reply: [2] }));
    const recorder = new Recorder(bus);
    recorder.read(0x60, 1);
    recorder.read(0x61, 1);
    expect(lines(recorder)).toEqual(['R 60 01', 'R 61 02']);
  });

  it('leaves one NACK of a poll that was given up', () => {
    const recorder = new Recorder(new I2cBus());
    for (let poll = 0; poll < 5; poll++) recorder.read(0x60, 1);
    recorder.write(0x60, Uint8Array.of(3));
    expect(lines(recorder)).toEqual(['R 60 NACK', 'W 60 NACK']);
  });

  it('leaves the NACK that ends a reply, and does not take it for a part of it', () => {
    let reads = 0;
    const target: I2cTarget = {
      write: () => ACK,
      read: (length) => (reads++ === 0 ? new Uint8Array(length).fill(7) : undefined),
    };
    const recorder = new Recorder(new I2cBus().attach(0x60, target));
    for (let read = 0; read < 3; read++) recorder.read(0x60, 1);
    expect(lines(recorder)).toEqual(['R 60 07', 'R 60 NACK']);
  });

  it('keeps writes apart', () => {
    const recorder = new Recorder(new I2cBus().attach(0x60, scripted({})));
    recorder.write(0x60, Uint8Array.of(1));
    recorder.write(0x60, Uint8Array.of(2));
    expect(lines(recorder)).toEqual(['W 60 01', 'W 60 02']);
  });

  it('keeps every general call', () => {
    const recorder = new Recorder(new I2cBus());
    recorder.write(0, Uint8Array.of(0));
    recorder.write(0, Uint8Array.of(0));
    expect(lines(recorder)).toEqual(['W 00 NACK', 'W 00 NACK']);
  });
});

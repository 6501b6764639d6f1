import { describe, expect, it } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import { preloadCalls } from '../../support/preload-calls.ts';

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)('a stream of libc on /dev/i2c-k', () => {
  const { board, calls, fortified, onMemory } = preloadCalls(gcc ?? '');
  const COPIED = ['fwrite 3', 'fwrite 1', 'fread a0a1', 'fclose 0'];
  const copies = 'slave 50 fwrite 10a0a1 fwrite 10 fread 2 fclose';
  const TRANSFERS = ['W 50 10 a0 a1', 'W 50 10', 'R 50 2'];

  it.each(['fopen', 'fopen64'])('opens by %s, and carries each write and read as one transfer', async (step) => {
    expect(await calls(`${step} /dev/i2c-0 ${copies}`)).toEqual([`${step} ok`, 'slave 0', ...COPIED]);
    expect(board().take()).toEqual(TRANSFERS);
    expect(await calls(`${step} /dev/i2c-7`)).toEqual([`${step} ENOENT`]);
  });

  it('is made of a descriptor by fdopen, where that was opened for it', async () => {
    expect(await onMemory(`fdopen r+ ${copies}`)).toEqual(['fdopen ok', 'slave 0', ...COPIED]);
    expect(board().take()).toEqual(TRANSFERS);
    expect(await calls('open-reading /dev/i2c-0 fdopen r+ fdopen w fdopen r slave 50 fread 1')).toEqual([
      ...['open ok', 'fdopen EINVAL', 'fdopen EINVAL', 'fdopen ok', 'slave 0', 'fread 00'],
    ]);
    expect(await onMemory('fdopen z')).toEqual(['fdopen EINVAL']);
  });

  it('reads likewise in a fortified program', async () => {
    expect(await fortified(`fopen /dev/i2c-0 ${copies}`)).toEqual(['fopen ok', 'slave 0', ...COPIED]);
    expect(board().take()).toEqual(TRANSFERS);
  });

  it('reports what the bus refuses', async () => {
    expect(await calls('fopen /dev/i2c-0 slave 22 fwrite 10')).toEqual(['fopen ok', 'slave 0', 'fwrite ENXIO']);
    expect(await calls('open-reading /dev/i2c-0 fdopen r slave 50 dprintf x')).toContain('dprintf EBADF');
  });

  it('closes its descriptor by fclose', async () => {
    expect(await calls('fopen /dev/i2c-0 fclose open /dev/zero read 2 fstat')).toEqual([
      ...['fopen ok', 'fclose 0'],
      ...['open ok', 'read 0000', 'fstat 20666 1:5'],
    ]);
  });

  it('prints by dprintf in one transfer', async () => {
    // The text of "%s%d" with "A" and 42.
    const printed = ['dprintf 3'];
    expect(await onMemory('dprintf A')).toEqual(printed);
    expect((await fortified('open /dev/i2c-0 slave 50 dprintf A')).slice(2)).toEqual(printed);
    expect(board().take()).toEqual(Array(2).fill('W 50 41 34 32'));
  });
});

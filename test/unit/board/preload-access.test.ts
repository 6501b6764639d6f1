import { describe, expect, it } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import { preloadCalls } from '../../support/preload-calls.ts';

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)('a descriptor of /dev/i2c-k', () => {
  const { board, calls, onMemory } = preloadCalls(gcc ?? '');

  it('is read and written only as it was opened', async () => {
    const steps = 'flags slave 50 write 10 read 1 writev 10 readv 00 rdwr w50:10';
    expect(await calls(`open-reading /dev/i2c-0 ${steps}`)).toEqual([
      'open ok',
      'F_GETFL O_RDONLY',
      'slave 0',
      'write EBADF',
      'read 00',
      'writev EBADF',
      'readv 1',
      '00',
      'rdwr 1', // By ioctl both ways are open, as in the kernel.
    ]);
    expect(board().take()).toEqual(['R 50 1', 'R 50 1', 'W 50 10']);
    expect(await calls(`open-writing /dev/i2c-0 ${steps}`)).toEqual([
      'open ok',
      'F_GETFL O_WRONLY',
      'slave 0',
      'write 1',
      'read EBADF',
      'writev 1',
      'readv EBADF',
      '00',
      'rdwr 1',
    ]);
    expect(await onMemory('flags')).toEqual(['F_GETFL O_RDWR']);
  });

  it('is so after exec, too', async () => {
    expect(await calls('open-reading /dev/i2c-0 exec inherited slave 50 write 10 read 1')).toEqual([
      'open ok',
      'slave 0',
      'write EBADF',
      'read 00',
    ]);
  });

  it('makes EFAULT of pointers to no memory, also where part of it is', async () => {
    expect(await onMemory('nowhere wall')).toEqual([
      'read EFAULT',
      'write EFAULT',
      'read EFAULT',
      'write EFAULT',
      'write 2',
    ]);
    // i2c-dev reads before it looks where to.
    expect(board().take()).toEqual(['R 50 4', 'R 50 4', 'W 50 00 00']);
    expect(await onMemory('wild-vectors write 10')).toEqual([
      'writev 1',
      'writev EFAULT',
      'writev EFAULT',
      'readv EFAULT',
      'write 1',
    ]);
    expect(board().take()).toEqual(['W 50 00', 'R 50 1', 'W 50 10']);
    expect(await onMemory('wild-ioctls write 10')).toEqual([
      ...['I2C_RDWR EFAULT', 'I2C_RDWR EFAULT', 'I2C_RDWR EFAULT'],
      ...['I2C_SMBUS EFAULT', 'I2C_SMBUS EFAULT', 'I2C_FUNCS EFAULT'],
      'write 1',
    ]);
    // Nothing of an I2C_RDWR is sent before all its buffers are known.
    expect(board().take()).toEqual(['W 50 10']);
  });

  it('and its path likewise', async () => {
    expect(await onMemory('wild-paths /dev/i2c-0')).toEqual([
      'open EFAULT',
      'access EFAULT',
      'stat EFAULT',
      'stat EFAULT',
      'fstat EFAULT',
      'access 0',
    ]);
  });

  it('carries each segment of writev and readv as a transfer of its own', async () => {
    board().memory.set([0xa0, 0xa1, 0xa2], 0x10);
    // i2c-dev knows only write and read, which the kernel then calls for each segment (do_loop_readv_writev, fs/read_write.c).
    expect(await onMemory('writev 20b0b1,21b2,10 readv 0000,00')).toEqual(['writev 6', 'readv 3', 'a0a1', 'a2']);
    expect(board().take()).toEqual(['W 50 20 b0 b1', 'W 50 21 b2', 'W 50 10', 'R 50 2', 'R 50 1']);
  });

  it('ends a writev with the segment that fails or is cut, and says what went before', async () => {
    expect(await calls('open /dev/i2c-0 slave 51 writev 0102,010203,01 writev 010203,01')).toEqual([
      'open ok',
      'slave 0',
      'writev 2',
      'writev EIO',
    ]);
    expect(board().take()).toEqual(['W 51 01 02', 'W 51 01 02 03', 'W 51 01 02 03']);
    expect(await onMemory('writev-long')).toEqual(['writev 8192']);
    expect(board().take()).toHaveLength(1);
    expect(await onMemory('writev-wrong')).toEqual(['writev EINVAL', 'writev EINVAL', 'writev EINVAL', 'writev 0']);
  });

  it('fails for what reaches the kernel past libc, and the bus hears nothing of it', async () => {
    expect(await onMemory('raw-io write 10')).toEqual(['read EINVAL', 'write ENOTCONN', 'write 1']);
    expect(board().take()).toEqual(['W 50 10']);
  });

  it('works on where the board has hung up meanwhile', async () => {
    const running = onMemory('write 10 sleep 400 write 11');
    await expect.poll(() => board().take()).toEqual(['W 50 10']);
    board().hangUp();
    expect(await running).toEqual(['write 1', 'write 1']);
    expect(board().take()).toEqual(['W 50 11']);
  });

  it('becomes another file by dup2, and its connection is used again', async () => {
    expect(await onMemory('write 10 replaced read 2 open /dev/i2c-0 slave 50 write 10')).toEqual([
      ...['write 1', 'dup2 ok', 'read 0000'],
      ...['open ok', 'slave 0', 'write 1'],
    ]);
    expect(board().connections()).toBe(1);
  });
});

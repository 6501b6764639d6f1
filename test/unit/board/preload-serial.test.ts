import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPreload } from '../../../src/board/exec/index.ts';
import { requireProgram } from '../../support/interop.ts';
import { type LineStandIn, startLineStandIn } from '../../support/line-stand-in.ts';
import { compileCalls, onBoards } from '../../support/preload.ts';

const gcc = requireProgram('gcc', ['--version']);
const PATH = '/dev/ttyEMU0';

describe.skipIf(gcc === undefined)('the preload library on /dev/ttyEMUk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'twinfleet-serial-'));
  const program = join(directory, 'calls');
  let preload = '';
  let kit: LineStandIn;

  beforeAll(async () => {
    preload = await buildPreload(process.env);
    compileCalls(gcc ?? '', program);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(async () => {
    kit = await startLineStandIn();
  });
  afterEach(() => kit.close());

  async function calls(steps: string): Promise<string[]> {
    const ended = await onBoards({ preload, kitPorts: [kit.port] }, program, ...steps.split(' '));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout.trimEnd().split('\n');
  }
  /** After `open` and one more step. */
  const onPort = async (step: string, steps: string) => (await calls(`open ${PATH} ${step} ${steps}`)).slice(2);
  const hex = (text: string) => Buffer.from(text).toString('hex');

  it('is a terminal', async () => {
    expect(await calls(`open ${PATH} isatty fstat`)).toEqual(['open ok', 'isatty 1', 'fstat 20660 240:0']);
    expect(await calls('open /dev/zero isatty')).toEqual(['open ok', 'isatty 0']);
    expect(await calls('open /dev/ttyEMU1')).toEqual(['open ENOENT']);
  });

  it('has the settings of a fresh port, and remembers those that are made', async () => {
    expect(await calls(`open ${PATH} attributes raw 3 5 attributes`)).toEqual([
      'open ok',
      'tcgetattr 0',
      'canonical 1 echo 1 opost 1 bits 8 min 1 time 0 speed 9600',
      'tcsetattr 0',
      'tcgetattr 0',
      'canonical 0 echo 0 opost 0 bits 8 min 3 time 5 speed 115200',
    ]);
  });

  it("has the kernel's ioctls of settings", async () => {
    expect(await calls(`open ${PATH} termios-ioctls`)).toEqual([
      'open ok',
      'TCGETS 0',
      'TCSETS 0',
      'TCGETS2 0',
      'canonical 0 min 7',
      'TCSETSW2 0',
      'speed 250000',
    ]);
  });

  it('has modem lines that are set and read back', async () => {
    expect(await calls(`open ${PATH} modem`)).toEqual([
      'open ok',
      'TIOCMBIC 0',
      'dtr 0 rts 1 dsr 1',
      'TIOCMBIS 0',
      'dtr 1 rts 1 dsr 1',
      'TIOCMSET 0',
      'dtr 1 rts 0 dsr 1',
    ]);
  });

  it('takes what has no meaning here, and refuses what is not a serial port’s', async () => {
    expect(await calls(`open ${PATH} pass ioctl 0x541d 0`)).toEqual([
      'open ok',
      'tcdrain 0',
      'tcsendbreak 0',
      'tcflow 0',
      'exclusive 0',
      'ioctl ENOTTY',
    ]);
  });

  it('carries text as it is', async () => {
    expect(await onPort('raw 1 0', 'write 0d000aff sleep 100')).toEqual(['write 4']);
    expect(Buffer.from(kit.take(), 'latin1')).toEqual(Buffer.of(0x0d, 0x00, 0x0a, 0xff));
  });

  describe('a read', () => {
    it('ends with the line in canonical mode, and leaves the next one', async () => {
      const printed = await calls(`open ${PATH} text 0:ab/cd,50:ef/ read 64 read 64 text 0:long/ read 2 read 64`);
      const lines = [hex('ab\n'), hex('cdef\n')].map((line) => `read ${line}`);
      expect(printed).toEqual(['open ok', 'text 15', ...lines, 'text 8', `read ${hex('lo')}`, `read ${hex('ng\n')}`]);
    });

    it('waits for VMIN bytes', async () => {
      expect(await onPort('raw 4 0', 'text 0:ab,150:cde read 64')).toEqual(['text 13', `read ${hex('abcde')}`]);
      expect(await onPort('raw 4 0', 'text 0:ab,150:cde read 2')).toEqual(['text 13', `read ${hex('ab')}`]);
    });

    it('ends VTIME after the last byte, and waits for the first without limit', async () => {
      expect(await onPort('raw 4 2', 'text 500:ab,900:cd read 64')).toEqual(['text 14', `read ${hex('ab')}`]);
    });

    it('ends with nothing after VTIME when VMIN is 0', async () => {
      expect(await onPort('raw 0 1', 'read 64 text 0:ab poll 1000 read 64')).toEqual([
        'read 0',
        'text 5',
        'poll 1',
        `read ${hex('ab')}`,
      ]);
      expect(await onPort('raw 0 0', 'read 64')).toEqual(['read 0']);
    });

    it('ends with EAGAIN where it must not wait', async () => {
      const printed = await calls(`open-nonblocking ${PATH} raw 1 0 read 64 text 0:ab poll 1000 read 64 read 64`);
      expect(printed.slice(2)).toEqual(['read EAGAIN', 'text 5', 'poll 1', `read ${hex('ab')}`, 'read EAGAIN']);
    });

    it('does not see what was flushed', async () => {
      expect(await onPort('raw 1 0', 'text 0:ab poll 1000 fionread flush fionread')).toEqual([
        'text 5',
        'poll 1',
        'fionread 0',
        '2',
        'tcflush 0',
        'fionread 0',
        '0',
      ]);
    });
  });

  it('hangs up when the board is gone: reads end, writes fail with EIO', async () => {
    const running = onPort('raw 1 0', 'text 0:x read 1 sleep 300 write 00 sleep 100 read 1 write 00');
    await expect.poll(() => kit.take()).toBe('0:x\n');
    kit.hangUp();
    const printed = await running;
    expect(printed.slice(0, 2)).toEqual(['text 4', `read ${hex('x')}`]);
    expect(printed.slice(-2)).toEqual(['read 0', 'write EIO']);
  });

  it('makes EFAULT of pointers to no memory', async () => {
    expect(await calls(`open ${PATH} raw 1 0 text 0:abcd poll 1000 nowhere wild-serial-ioctls read 4`)).toEqual([
      ...['open ok', 'tcsetattr 0', 'text 7', 'poll 1', 'read EFAULT', 'write EFAULT'],
      ...['TCGETS EFAULT', 'TCSETS EFAULT', 'TIOCMGET EFAULT', 'TIOCMSET EFAULT', 'TIOCGWINSZ EFAULT'],
      `read ${hex('abcd')}`,
    ]);
  });

  it('is read and written only as it was opened', async () => {
    expect(await calls(`open-reading ${PATH} flags write 00 dprintf x fdopen r+`)).toEqual([
      ...['open ok', 'F_GETFL O_RDONLY', 'write EBADF', 'dprintf EBADF', 'fdopen EINVAL'],
    ]);
    expect(await calls(`open-writing ${PATH} flags read 1 text bye`)).toEqual([
      ...['open ok', 'F_GETFL O_WRONLY', 'read EBADF', 'text 4'],
    ]);
  });

  it('carries segments: written one after the other, read as far as one read goes', async () => {
    const line = hex('0:abcdef\n');
    expect(
      await calls(`open ${PATH} raw 1 0 writev ${line.slice(0, 6)},${line.slice(6)} poll 1000 readv 0000,00000000`),
    ).toEqual(['open ok', 'tcsetattr 0', 'writev 9', 'poll 1', 'readv 6', hex('ab'), hex('cdef')]);
  });

  it('is a stream that sends a line at its end, and prints by dprintf', async () => {
    expect(await calls(`open ${PATH} ask 0:answer/`)).toEqual(['open ok', 'fgets answer']);
    expect(await calls(`open ${PATH} dprintf no close`)).toEqual(['open ok', 'dprintf 4', 'close 0']);
  });

  it('is still a terminal after exec', async () => {
    expect(await calls(`open ${PATH} exec inherited isatty raw 1 0 text 0:ab read 2`)).toEqual([
      'open ok',
      'isatty 1',
      'tcsetattr 0',
      'text 5',
      `read ${hex('ab')}`,
    ]);
  });

  it('keeps what was written before it was closed', async () => {
    expect(await calls(`open ${PATH} text bye close`)).toEqual(['open ok', 'text 4', 'close 0']);
    await expect.poll(() => kit.take()).toBe('bye\n');
  });
});

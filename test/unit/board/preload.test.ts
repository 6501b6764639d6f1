import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cSources } from '../../../src/base/index.ts';
import { requireProgram } from '../../support/interop.ts';
import { compileC, onBoards } from '../../support/preload.ts';
import { preloadCalls } from '../../support/preload-calls.ts';

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)('the preload library on /dev/i2c-k', () => {
  const { board, unplug, preload, directory, programs, run, calls, fortified, onMemory } = preloadCalls(gcc ?? '');
  const hammer = join(directory, 'hammer');
  beforeAll(() => compileC(gcc ?? '', join(import.meta.dirname, '../../support/hammer.c'), hammer));

  describe('opening', () => {
    const TRANSFER = ['slave 0', 'write 3', 'write 1', 'read 2233', 'close 0'];

    it.each(['open', 'open64', 'openat', 'openat64'])('%s', async (variant) => {
      const steps = `${variant} /dev/i2c-0 slave 50 write 102233 write 10 read 2 close`;
      expect(await calls(steps)).toEqual([`${variant} ok`, ...TRANSFER]);
      expect(await fortified(steps)).toEqual([`${variant} ok`, ...TRANSFER]);
      expect(board().take()).toEqual(Array(2).fill(['W 50 10 22 33', 'W 50 10', 'R 50 2']).flat());
    });

    it('is tested with what fortified programs call', () => {
      const { stdout } = spawnSync('nm', ['-u', programs.fortified], { encoding: 'utf8' });
      for (const name of ['__open_2', '__open64_2', '__openat_2', '__openat64_2', '__read_chk']) {
        expect(stdout).toContain(` ${name}@`);
      }
    });

    it('takes the name that i2c-tools try first, too', async () => {
      expect(await calls('open /dev/i2c/0 slave 50')).toEqual(['open ok', 'slave 0']);
    });

    it('leaves every other path alone', async () => {
      expect(await calls('open /dev/i2c-1')).toEqual(['open ENOENT']);
      expect(await calls('open /dev/i2c-00')).toEqual(['open ENOENT']);
      expect(await calls('open /dev/i2c-0x')).toEqual(['open ENOENT']);
      expect(await calls('open /dev/i2c-')).toEqual(['open ENOENT']);
      expect(await calls('open /dev/zero read 3 fstat')).toEqual(['open ok', 'read 000000', 'fstat 20666 1:5']);
    });

    it('fails with ENODEV where no board is any more', async () => {
      await unplug();
      expect(await calls('open /dev/i2c-0')).toEqual(['open ENODEV']);
    });

    it('finds board k at the k-th port', async () => {
      const ports = [1, 1, board().port];
      const { stdout } = await onBoards(
        { preload: preload(), i2cPorts: ports },
        programs.plain,
        'open',
        '/dev/i2c-2',
        'slave',
        '50',
      );
      expect(stdout).toBe('open ok\nslave 0\n');
    });
  });

  it('shows a character device of major 89 to programs that look before they open', async () => {
    expect(await calls('stat /dev/i2c-0')).toEqual([
      'stat 20660 89:0',
      'lstat 20660 89:0',
      'fstatat 20660 89:0',
      'stat64 20660',
      'statx 20660 89:0',
    ]);
    expect(await calls('open /dev/i2c-0 fstat')).toEqual(['open ok', 'fstat 20660 89:0']);
    expect(await calls('access /dev/i2c-0')).toEqual(['access 0', 'execute EACCES', 'faccessat 0', 'eaccess 0']);
    expect(await calls('access /dev/i2c-1')).toEqual([
      'access ENOENT',
      'execute ENOENT',
      'faccessat ENOENT',
      'eaccess ENOENT',
    ]);
  });

  describe('errors', () => {
    it('are ENXIO when nobody answers the address', async () => {
      expect(await calls('open /dev/i2c-0 slave 22 read 1 write 00 rdwr w22:00')).toEqual([
        'open ok',
        'slave 0',
        'read ENXIO',
        'write ENXIO',
        'rdwr ENXIO',
      ]);
    });

    it('are EIO when a byte is refused', async () => {
      expect(await calls('open /dev/i2c-0 slave 51 write 0102 write 010203 write 01')).toEqual([
        'open ok',
        'slave 0',
        'write 2',
        'write EIO',
        'write 1',
      ]);
    });

    it('are EINVAL and ENOTTY for what i2c-dev refuses', async () => {
      expect(await onMemory('slave 80 force 7f force 3ff ioctl 0x704 0 ioctl 0x704 1 ioctl 0x5401 0')).toEqual([
        'slave EINVAL',
        'force 0',
        'force EINVAL',
        'ioctl 0',
        'ioctl EINVAL',
        'ioctl ENOTTY',
      ]);
    });

    it('are ENODEV once the board is gone', async () => {
      const running = onMemory('write 10 sleep 400 write 10 write 10');
      await expect.poll(() => board().take()).toEqual(['W 50 10']);
      await unplug();
      expect(await running).toEqual(['write 1', 'write ENODEV', 'write ENODEV']);
    });

    it('are ETIMEDOUT when the board says nothing for long, and ENODEV from then on', async () => {
      const impatient = join(directory, 'impatient.so');
      compileC(gcc ?? '', cSources('preload'), impatient, [...LIBRARY_FLAGS, '-DPATIENCE_MS=200']);
      board().fallSilent();
      const placed = { preload: impatient, i2cPorts: [board().port] };
      const { stdout } = await onBoards(placed, programs.plain, 'open', '/dev/i2c-0', 'write', '10', 'write', '10');
      expect(stdout).toBe('open ok\nwrite ETIMEDOUT\nwrite ENODEV\n');
    });
  });

  it('takes I2C_RETRIES and I2C_TIMEOUT, and says what it can by I2C_FUNCS', async () => {
    expect(await onMemory('ioctl 0x701 3 ioctl 0x702 10 funcs')).toEqual(['ioctl 0', 'ioctl 0', 'funcs 0', '0fff8009']);
  });

  it('carries transfers of no byte, and cuts those of more than 8192', async () => {
    expect(await onMemory('write-zeros 0 read 0 write-zeros 9000')).toEqual(['write 0', 'read 0', 'write 8192']);
    expect(
      board()
        .take()
        .map((line) => line.length),
    ).toEqual([4, 6, 4 + 3 * 8192]);
  });

  it('uses address 0 before any other is set, as the kernel does', async () => {
    expect(await calls('open /dev/i2c-0 write 00')).toEqual(['open ok', 'write ENXIO']);
    expect(board().take()).toEqual(['W 00 00']);
    // And takes it when it is set: by it cryptoauthlib wakes the chip.
    expect(await calls('open /dev/i2c-0 slave 50 slave 00 write 00')).toEqual([
      'open ok',
      'slave 0',
      'slave 0',
      'write ENXIO',
    ]);
    expect(board().take()).toEqual(['W 00 00']);
  });

  describe('I2C_RDWR', () => {
    it('sends one stop, after the last message', async () => {
      expect(await onMemory('rdwr w50:20a1a2a3,w50:21,r50:2')).toEqual(['rdwr 3', 'a2a3']);
      expect(board().take()).toEqual(['S 50 20 a1 a2 a3', 'S 50 21', 'R 50 2']);
    });

    it('ends at the first message that fails', async () => {
      expect(await onMemory('rdwr w22:20,r50:2')).toEqual(['rdwr ENXIO']);
      expect(board().take()).toEqual(['S 22 20']);
    });

    it('takes 42 messages and not 43, nor none', async () => {
      const messages = (count: number) => Array(count).fill('w50:00').join(',');
      expect(await onMemory(`rdwr ${messages(42)} rdwr ${messages(43)} rdwr ,`)).toEqual([
        'rdwr 42',
        'rdwr EINVAL',
        'rdwr EINVAL',
      ]);
    });

    it('reads a message whose first byte is its length', async () => {
      board().memory.set([3, 0xb1, 0xb2, 0xb3, 0xb4], 0x30);
      board().memory.set([33], 0x40);
      expect(await onMemory('rdwr w50:30,l50:1 rdwr w50:40,l50:1')).toEqual(['rdwr 2', '03b1b2b3', 'rdwr EPROTO']);
    });

    it('refuses what it was not built for before it sends anything', async () => {
      expect(await onMemory('rdwr w50:00,w80:00')).toEqual(['rdwr EINVAL']);
      expect(board().take()).toEqual([]);
    });
  });

  describe('I2C_SMBUS', () => {
    /** What the kernel's emulation sends, and gives back, for each kind of transfer. The union is printed by 8 bytes. */
    it.each([
      ['quick write', 'w 0 00 null', ['smbus 0'], ['W 50']],
      ['quick read', 'r 0 00 null', ['smbus 0'], ['R 50 0']],
      ['write byte', 'w 1 42 null', ['smbus 0'], ['W 50 42']],
      ['read byte', 'r 1 00 00', ['smbus 0', 'd000000000000000'], ['R 50 1']],
      ['write byte data', 'w 2 60 55', ['smbus 0', '5500000000000000'], ['W 50 60 55']],
      ['read byte data', 'r 2 11 00', ['smbus 0', 'd100000000000000'], ['S 50 11', 'R 50 1']],
      ['write word data', 'w 3 60 3412', ['smbus 0', '3412000000000000'], ['W 50 60 34 12']],
      ['read word data', 'r 3 11 0000', ['smbus 0', 'd1d2000000000000'], ['S 50 11', 'R 50 2']],
      ['process call', 'w 4 60 3412', ['smbus 0', 'e2e3000000000000'], ['S 50 60 34 12', 'R 50 2']],
      ['write block', 'w 5 60 03a1a2a3', ['smbus 0', '03a1a2a300000000'], ['W 50 60 03 a1 a2 a3']],
      ['read block', 'r 5 20 00', ['smbus 0', '02c1c20000000000'], ['S 50 20', 'R 50 33']],
      ['block process call', 'w 7 1e 01aa', ['smbus 0', '02c1c20000000000'], ['S 50 1e 01 aa', 'R 50 33']],
      ['write I2C block', 'w 8 60 03a1a2a3', ['smbus 0', '03a1a2a300000000'], ['W 50 60 a1 a2 a3']],
      ['read I2C block', 'r 8 11 02', ['smbus 0', '02d1d20000000000'], ['S 50 11', 'R 50 2']],
      ['read I2C block of 32, the old way', 'r 6 11 00', ['smbus 0', '20d1d20000000000'], ['S 50 11', 'R 50 32']],
    ])('%s', async (_name, step, printed, sent) => {
      board().memory.set([0xd0, 0xd1, 0xd2], 0x10);
      board().memory.set([0x02, 0xc1, 0xc2], 0x20);
      board().memory.set([0xe1, 0xe2, 0xe3, 0xe4], 0x61);
      const pointerAt10 = ['write 1', 'W 50 10'];
      expect(await onMemory(`write 10 smbus ${step}`)).toEqual([pointerAt10[0], ...printed]);
      expect(board().take()).toEqual([pointerAt10[1], ...sent]);
    });

    it('refuses blocks of more than 32 bytes, unknown sizes and missing data', async () => {
      const steps = ['w 5 00 21', 'w 7 00 21', 'w 8 00 21', 'r 8 00 21', 'w 9 00 00', 'r 2 00 null'];
      const printed = await onMemory(steps.map((step) => `smbus ${step}`).join(' '));
      expect(printed.filter((line) => line.startsWith('smbus'))).toEqual(Array(6).fill('smbus EINVAL'));
      expect(board().take()).toEqual([]);
    });

    it('refuses a block that claims to be longer, or empty', async () => {
      board().memory.set([33], 0x20);
      expect((await onMemory('smbus r 5 20 00 smbus r 5 30 00')).filter((line) => line.includes(' '))).toEqual([
        'smbus EPROTO',
        'smbus EPROTO',
      ]);
    });

    // The PEC bytes of the two words are those of the MLX90614's data sheet, 8.4.3.1.1 and 8.4.3.1.2; that of the block, over
    // B4 40 B5 02 C1 C2, is Perl's Digest::CRC 0.24's (crc8).
    it('sends and checks PEC', async () => {
      board().memory.set([0xd2, 0x3a, 0x30], 0x07);
      board().memory.set([0x02, 0xc1, 0xc2, 0x9d], 0x40);
      board().memory.set([0xd2, 0x3a, 0x31], 0x31);
      const steps = ['w 3 22 07c8', 'r 3 07 00', 'r 5 40 00', 'r 3 31 00', 'w 8 70 0155'].map(
        (step) => `smbus ${step}`,
      );
      expect(await onMemory(`slave 5a ioctl 0x708 1 ${steps.join(' ')}`)).toEqual([
        'slave 0',
        'ioctl 0',
        'smbus 0',
        '07c8000000000000',
        'smbus 0',
        'd23a000000000000',
        'smbus 0',
        '02c1c20000000000',
        'smbus EBADMSG',
        '0000000000000000',
        'smbus 0',
        '0155000000000000',
      ]);
      expect(board().take()).toEqual([
        'W 5a 22 07 c8 48',
        'S 5a 07',
        'R 5a 3',
        'S 5a 40',
        'R 5a 34',
        'S 5a 31',
        'R 5a 3',
        'W 5a 70 55',
      ]);
    });
  });

  describe('descriptors', () => {
    it.each(['dup', 'dup2', 'dup3', 'dupfd'])('work on after %s, with the address that was set', async (step) => {
      expect(await onMemory(`${step} write 10`)).toEqual([`${step === 'dupfd' ? 'F_DUPFD' : step} ok`, 'write 1']);
      expect(board().take()).toEqual(['W 50 10']);
    });

    it('have connections of their own in parent and child of a fork', async () => {
      expect(await onMemory('fork write 10 read 1')).toEqual(['write 1', 'read 00', 'parent', 'write 1', 'read 00']);
      expect(board().connections()).toBe(2);
    });

    it('share one connection when they are opened one after the other', async () => {
      expect(await onMemory('write 10 close open /dev/i2c-0 write 10')).toEqual([
        'write 1',
        'close 0',
        'open ok',
        'write ENXIO',
      ]);
      expect(board().take()).toEqual(['W 50 10', 'W 00 10']);
      expect(board().connections()).toBe(1);
    });

    it('do so only in one process', async () => {
      const opened = ['open ok', 'slave 0', 'write 1'];
      const printed = await onMemory('close fork open /dev/i2c-0 slave 50 write 10');
      expect(printed).toEqual(['close 0', ...opened, 'parent', ...opened]);
      expect(board().connections()).toBe(2);
    });

    it('do so only while the board is there', async () => {
      const running = onMemory('write 10 close sleep 400 open /dev/i2c-0 slave 50 write 10');
      await expect.poll(() => board().take()).toEqual(['W 50 10']);
      board().hangUp();
      expect(await running).toEqual(['write 1', 'close 0', 'open ok', 'slave 0', 'write 1']);
      expect(board().connections()).toBe(2);
    });

    it('survive a child of vfork that closes everything', async () => {
      expect(await onMemory('vfork write 10')).toEqual(['write 1']);
    });

    it('are still boards after exec', async () => {
      expect(await calls('open /dev/i2c-0 exec inherited slave 50 write 10')).toEqual([
        'open ok',
        'slave 0',
        'write 1',
      ]);
    });

    it('are forgotten when libc closes them by itself and another file takes the number', async () => {
      expect(await calls('open /dev/i2c-0 raw-close open /dev/zero read 2 fstat')).toEqual([
        'open ok',
        'close 0',
        'open ok',
        'read 0000',
        'fstat 20666 1:5',
      ]);
    });
  });

  it('serves eight threads on one descriptor and on eight, and a thousand openings, without a mix-up', async () => {
    board().memory.set(
      Array.from({ length: 24 }, (_, index) => 7 * index + 1),
      0x88,
    );
    expect(await run(hammer, '50 shared 8 200')).toEqual(['1600 transfers, 0 wrong']);
    expect(await run(hammer, '50 own 8 200')).toEqual(['1600 transfers, 0 wrong']);
    const before = board().connections();
    expect(await run(hammer, '50 reopen 1 1000')).toEqual(['1000 transfers, 0 wrong']);
    expect(board().connections() - before).toBe(1);
  });
});

/** The library compiles without a warning, then: compileC takes each for an error. */
const LIBRARY_FLAGS = ['-shared', '-fPIC', '-std=gnu11', '-fvisibility=hidden', '-ldl'];

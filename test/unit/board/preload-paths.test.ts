import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import { preloadCalls } from '../../support/preload-calls.ts';

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)('the preload library knows /dev/i2c-k', () => {
  const { board, directory, calls, fortified } = preloadCalls(gcc ?? '');
  const TRANSFER = ['slave 0', 'write 1'];
  const transfers = 'slave 50 write 10';

  it.each(['/dev/i2c-0', '/dev/./i2c-0', '//dev///i2c-0', '/dev/../dev/i2c-0', '/dev/i2c/0', '/dev/./i2c/0'])(
    'as %s',
    async (path) => {
      expect(await calls(`open ${path} ${transfers}`)).toEqual(['open ok', ...TRANSFER]);
      expect((await calls(`access ${path}`))[0]).toBe('access 0');
      expect((await calls(`stat ${path}`))[0]).toBe('stat 20660 89:0');
      expect(await calls(`realpath ${path}`)).toEqual(['realpath /dev/i2c-0']);
      expect(await fortified(`realpath ${path}`)).toEqual(['realpath /dev/i2c-0']);
    },
  );

  it('from a directory', async () => {
    expect(await calls(`open-in /dev i2c-0 ${transfers}`)).toEqual(['openat ok', ...TRANSFER]);
    expect(await fortified(`open-in /dev i2c-0 ${transfers}`)).toEqual(['openat ok', ...TRANSFER]);
    expect(await calls(`open-in / dev/i2c-0 ${transfers}`)).toEqual(['openat ok', ...TRANSFER]);
    expect(await calls('open-in /tmp /dev/i2c-0')).toEqual(['openat ok']);
    expect(await calls('open-in /tmp i2c-0')).toEqual(['openat ENOENT']);
  });

  it('in the working directory', async () => {
    const steps = `chdir /dev open i2c-0 ${transfers} open ./i2c-0 ${transfers} stat i2c-0 realpath i2c-0`;
    const printed = await calls(steps);
    expect(printed.slice(0, 7)).toEqual(['chdir 0', 'open ok', ...TRANSFER, 'open ok', ...TRANSFER]);
    expect(printed[7]).toBe('stat 20660 89:0');
    expect(printed.at(-1)).toBe('realpath /dev/i2c-0');
    expect(await calls('chdir / open i2c-0 open dev/i2c-0')).toEqual(['chdir 0', 'open ENOENT', 'open ok']);
  });

  it('over a link to the directory, and not in another one', async () => {
    symlinkSync('/dev', join(directory, 'link'));
    mkdirSync(join(directory, 'dev'));
    expect(await calls(`open ${directory}/link/i2c-0`)).toEqual(['open ok']);
    expect(await calls(`open ${directory}/dev/i2c-0`)).toEqual(['open ENOENT']);
    expect(await calls('open /dev/i2c-0/')).toEqual(['open ENOENT']);
  });

  it.each(['/proc/self/fd/%d', '/proc/./self/fd/%d', '/dev/fd/%d', '/proc/thread-self/fd/%d'])(
    'by the link that /proc has for its descriptor: %s',
    async (path) => {
      // Opened anew, it has no address yet: as with the kernel, whose default is 0.
      expect(await calls(`open /dev/i2c-0 slave 50 open-own ${path} write 10 ${transfers}`)).toEqual([
        'open ok',
        'slave 0',
        'open ok',
        'write ENXIO',
        ...TRANSFER,
      ]);
      expect(board().take()).toEqual(['W 00 10', 'W 50 10']);
      expect(await calls(`open /dev/i2c-0 readlink ${path}`)).toEqual(['open ok', 'readlink /dev/i2c-0']);
    },
  );

  it('leaves the links of other descriptors alone', async () => {
    const printed = await calls('open /dev/zero open-own /proc/self/fd/%d read 2 readlink /proc/self/fd/%d');
    expect(printed).toEqual(['open ok', 'open ok', 'read 0000', 'readlink /dev/zero']);
    expect(await calls('realpath /proc/../dev/zero')).toEqual(['realpath /dev/zero']);
    expect(await calls('realpath /dev/i2c-1')).toEqual(['realpath ENOENT']);
  });

  it('as a device, which is no link', async () => {
    expect(await calls('readlink /dev/i2c-0')).toEqual(['readlink EINVAL']);
  });

  it('and makes no file of this name', async () => {
    expect(await calls('creat /dev/i2c-0 flags slave 50 write 10')).toEqual([
      'creat ok',
      'F_GETFL O_WRONLY',
      ...TRANSFER,
    ]);
    expect(await calls('freopen /dev/i2c-0')).toEqual(['freopen EOPNOTSUPP']);
  });
});

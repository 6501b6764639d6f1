import { expect, it } from 'vitest';
import { CommitGroup } from '../../../src/store/commit-group.ts';

/** A write that is noted when it is called. */
const writer =
  (log: string[]) =>
  (name: string, ends: () => Promise<unknown> = () => Promise.resolve()) =>
  () => {
    log.push(name);
    return ends();
  };

it('commits what comes close together at once, and later things later', async () => {
  const log: string[] = [];
  const write = writer(log);
  const group = new CommitGroup(30);
  const both = Promise.all([group.add(write('a')), group.add(write('b'))]).then(() => log.push('a and b last'));
  expect(log).toEqual([]);
  await both;
  await group.add(write('c'));
  expect(log).toEqual(['a', 'b', 'a and b last', 'c']);
});

it('fails everybody in a group in which one write fails, and nobody in the next', async () => {
  const write = writer([]);
  const group = new CommitGroup(5);
  const failing = group.add(write('a', () => Promise.reject(new Error('full'))));
  const beside = group.add(write('b'));
  await expect(failing).rejects.toThrow('full');
  await expect(beside).rejects.toThrow('full');
  await expect(group.add(write('c'))).resolves.toBeUndefined();
});

it('waits no longer when it is flushed', async () => {
  const log: string[] = [];
  const group = new CommitGroup(60_000);
  const lasting = group.add(writer(log)('a'));
  group.flush();
  await lasting;
  expect(log).toEqual(['a']);
});

it('fails a group in which a write throws', async () => {
  const group = new CommitGroup(5);
  const failing = group.add(() => {
    throw new Error('no such chip');
  });
  await expect(failing).rejects.toThrow('no such chip');
});

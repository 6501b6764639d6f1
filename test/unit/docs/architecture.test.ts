import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const map = page.slice(page.indexOf('\n## Map'), page.indexOf('\n## One connection'));

/** What the first cells of the map's tables name, in their order. */
const mapped = [...map.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
);

/** Every folder below `folder` that holds a file, by its path from the root. */
function foldersOf(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return [...new Set(files.map(({ parentPath }) => parentPath.slice(root.length + 1)))].filter(
    (path) => path !== folder,
  );
}

test('the map names every folder of the twins and of the program, once, and no other', () => {
  const folders = mapped.filter((path) => /^(emulator|src)\//.test(path) && !path.endsWith('.ts'));
  const parents = new Set(folders.map(dirname));
  const inTree = ['emulator', 'src'].flatMap(foldersOf);
  // A folder that holds only folders has no file of its own, and may head its own.
  expect(folders.filter((path) => !inTree.includes(path) && !parents.has(path))).toEqual([]);
  expect(folders.toSorted()).toEqual([...new Set([...inTree, ...folders])].toSorted());
});

test('everything on the map is there', () => {
  expect(mapped.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every file that the page names by its path is there', () => {
  const paths = [...page.matchAll(/`((?:emulator|src|lint|test|schemas)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/*
 * The call graph of the core as gcc -fcallgraph-info=su writes it, and the deepest stack of a task in it. It counts the core's frames
 * alone: what the C library and the port take comes on top.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const NODE = /^node: \{ title: "([^"]+)" label: "([^"]+)"/;
const EDGE = /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"(?: label: "([^":]+))?/;
const FRAME = /\\n(\d+) bytes \(([^)]+)\)/;
const THROUGH_POINTER = '__indirect_call';

/** Frames in bytes and callees of every function. Static functions have their file in front of their name. */
export function readCallGraph(folder, callsFile) {
  const graph = { frames: new Map(), callees: new Map(), unseen: readUnseen(callsFile) };
  for (const [caller, callees] of graph.unseen) graph.callees.set(caller, new Set(callees));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ci'))) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) addLine(graph, line);
  }
  const stranger = [...graph.unseen.values()].flat().find((callee) => !graph.frames.has(callee));
  if (stranger !== undefined) throw new Error(`calls.txt names ${stranger}, which is not in the core`);
  return graph;
}

function addLine({ frames, callees, unseen }, line) {
  const [, name, label] = NODE.exec(line) ?? [];
  const [, bytes, kind] = FRAME.exec(label ?? '') ?? [];
  if (bytes !== undefined) {
    // "static", or "dynamic,bounded" where the compiler knows the most.
    if (kind === 'dynamic') throw new Error(`${name} has a frame of no fixed size`);
    frames.set(name, Number(bytes));
  }
  const [, caller, callee, where] = EDGE.exec(line) ?? [];
  if (caller === undefined) return;
  const called = callee === THROUGH_POINTER ? unseen.get(basename(where)) : [callee];
  if (called === undefined) throw new Error(`${where} calls through a pointer: name what it calls in calls.txt`);
  callees.set(caller, new Set([...(callees.get(caller) ?? []), ...called]));
}

/** What the compiler does not see: a line for each function or file, with what it calls. */
function readUnseen(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const words = lines.map((line) => line.replace(/#.*/, '').trim().split(/\s+/)).filter(([caller]) => caller !== '');
  return new Map(words.map(([caller, ...callees]) => [caller, callees]));
}

/** The deepest way from a function down: `{ bytes, path }`. */
export function deepest(graph, name, above = []) {
  if (above.includes(name)) throw new Error(`recursion: ${[...above, name].join(' ')}`);
  let below = { bytes: 0, path: [] };
  for (const callee of graph.callees.get(name) ?? []) {
    const way = deepest(graph, callee, [...above, name]);
    if (way.bytes > below.bytes) below = way;
  }
  const frame = graph.frames.get(name);
  return { bytes: (frame ?? 0) + below.bytes, path: frame === undefined ? below.path : [name, ...below.path] };
}

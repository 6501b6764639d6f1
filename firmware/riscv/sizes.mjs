/** Prints flash and RAM of programs, then the worst-case stack of tasks: node sizes.mjs SIZE BUILD PROGRAMS TASKS */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { deepest, readCallGraph } from './call-graph.mjs';

const [size, build, programs, tasks] = process.argv.slice(2);

console.log('program        flash (code, constants)     RAM (static)');
for (const program of programs.split(' ')) {
  const output = execFileSync(size, [join(build, `${program}.core.o`)], { encoding: 'utf8' });
  const [text, data, bss] = output.split('\n')[1].trim().split(/\s+/).map(Number);
  console.log(
    `${program.padEnd(12)} ${String(text + data).padStart(16)} bytes ${String(data + bss).padStart(12)} bytes`,
  );
}

console.log('\ntask                      stack of the core');
const graph = readCallGraph(join(build, 'core'), 'calls.txt');
for (const task of tasks.split(' ')) {
  const { bytes, path } = deepest(graph, task);
  console.log(`${task.replace('../core/', '').padEnd(24)} ${String(bytes).padStart(6)} bytes`);
  for (const name of path)
    console.log(`  ${String(graph.frames.get(name)).padStart(5)}  ${name.replace('../core/', '')}`);
}

// Runs its arguments as `emu board --exec` would, without boards, and says how the program ended.
import { runProgram } from '../../dist/src/board/exec/index.js';
import { processIo } from '../../dist/src/cli/io/index.js';

const argv = process.argv.slice(2);
console.log(
  JSON.stringify(
    await runProgram(
      { argv, i2cPorts: [7001, 7004], kitPorts: [7002, 7005], controlPorts: [7003, 7006], preload: '' },
      processIo(process),
    ),
  ),
);

import { expect, test } from 'vitest';
import { CONNECT, CONNECTED, CREDENTIALS, expectConsole, ofMqttTask, start } from '../../support/console.ts';
import { emu } from '../../support/emu-in-process.ts';

const RUN = ['run', '--count', '3', '--rate', '10', '--duration', '1500ms', '--console', '1'];
const PROGRESS = /^(note|emu|\d+ devices|embedded broker|all 3|making|closing|\s*\d+s|\[)/;

function expectWholeConsole(output: string): void {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.endsWith('[APP] Startup..'));
  const uri = lines.find((line) => /^mqtts:\S+$/.test(line)) ?? '';
  const golden = [...start(uri), ...CREDENTIALS, CONNECT, ...CONNECTED].filter(ofMqttTask);
  const printed = lines.slice(first).filter((line) => ofMqttTask(line) && !PROGRESS.test(line));
  expectConsole(printed.slice(0, golden.length), golden);
  expect(lines.filter((line) => line.endsWith('MQTT_EVENT_CONNECTED'))).toHaveLength(1);
}

test.concurrent('emu run --console prints one device between the lines of the progress', async () => {
  const { code, stdout, stderr } = await emu(...RUN);
  expect([code, stderr]).toEqual([0, '']);
  expectWholeConsole(stdout);
  expect(stdout).toContain('all 3 devices have arrived');
});

test.concurrent('with --json it goes to stderr, and --quiet does not silence it', async () => {
  const { code, stdout, stderr } = await emu(...RUN, '--json', '--quiet');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).devices.connected).toBe(3);
  expectWholeConsole(stderr);
  expect(stderr).not.toContain('arrived');
});

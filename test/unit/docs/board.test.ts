import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTROL_COMMANDS, parseControlRequest, parseJson } from '../../../src/board/control-messages.ts';
import { serveBoard } from '../../support/board.ts';
import { kitBench } from '../../support/kit.ts';
import { fleetOnPaper, freshLine } from '../mass-provisioning/line.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/board.md'), 'utf8');

/** The texts in code style of each row's first two cells, below one heading. */
function rowsBelow(heading: string): { first: string[]; second: string[] }[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return [...section.matchAll(/^\| (.*?) \|(.*?)\|/gm)].map(([, first, second]) => ({
    first: codes(first),
    second: codes(second),
  }));
}

/** Of zeros, but for I2C_Address. */
const MEMORY = `${'00'.repeat(16)}C0${'00'.repeat(1383)}`;

/** The lines of the page that are requests of the control channel. */
const examples = [...page.matchAll(/^\{"command".*\}$/gm)].map(([line]) => line);

describe('docs/board.md', () => {
  it('gives kit requests with the answers of a board', async () => {
    const rows = rowsBelow('Kit text').filter(
      ({ first, second }) => second[0] !== undefined && /:/.test(first[0] ?? ''),
    );
    expect(rows.length).toBe(8);
    for (const { first, second } of rows) {
      for (const request of first) {
        const { ask } = kitBench();
        await ask('E:w()');
        expect(await ask(request), request).toBe(second[0]);
      }
    }
  });

  it('lists every command of the control channel, each with an example that is accepted', () => {
    const listed = rowsBelow('Control channel').flatMap(({ first }) => first);
    for (const command of CONTROL_COMMANDS) expect(listed).toContain(command);
    const parsed = examples.map((line) =>
      parseControlRequest(parseJson(new TextEncoder().encode(line.replace('0123…', MEMORY)))),
    );
    expect(new Set(parsed.map(({ command }) => command))).toEqual(new Set(CONTROL_COMMANDS));
  });

  it('lists the letters of the serial line, and what q says where all is well', () => {
    const rows = rowsBelow('Provisioning over a serial line').flatMap(({ first }) => first);
    expect(new Set(rows.filter((code) => code.length === 1))).toEqual(new Set('rskcvbpoq'));
    const { fleet, signerPem, devicePem, rootKeyPem } = fleetOnPaper();
    const { line } = freshLine(fleet);
    line.send('k', 'c', signerPem, 'v', devicePem, 'b', rootKeyPem);
    expect(page).toContain(`\`\`\`\n${line.send('q')}\`\`\`\n`);
  });

  it('shows what info answers', async () => {
    const shown = /^\{"ok":true,"chips".*\}$/m.exec(page)?.[0] ?? '';
    const served = await serveBoard();
    const answer = await (await served.control()).request({ command: 'info' });
    await served.close();
    expect(answer).toEqual(JSON.parse(shown));
  });
});

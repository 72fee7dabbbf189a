/** Text of others does not control the terminal. */
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { formatHitTable } from '../../src/cli/hit-table.ts';
import { cleanField } from '../../src/lib/clean-text.ts';
import { createLog } from '../../src/lib/log.ts';
import type { SearchHit } from '../../src/views/search-schema.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const EVIL = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r\u2028';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be shown
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('a task whose every field has control characters', () => {
  async function createMirror() {
    const dataDir = temporaryDirectory();
    const document = documentText({
      id: `evil${cleanField(EVIL)}`,
      prompt: `a cat ${EVIL}`,
      model: `flux${EVIL}`,
      more: { response: { success: false, error: { code: EVIL, message: EVIL } } },
    });
    const run = (...args: string[]) => runCli([...args, '--data-dir', dataDir]);
    const imported = await runCli(['import', '-', '--data-dir', dataDir], {
      input: `${document}\n{"id":"${EVIL}"}\n`,
    });
    return { run, imported, dataDir };
  }

  test('is shown without them by every command', async () => {
    const { run, imported } = await createMirror();
    const shown = [
      imported,
      await run('search', 'cat', '--json'),
      await run('search', 'cat'),
      await run('get', EVIL),
      await run('status', '--json'),
      await run('search', `model:"${EVIL}"`),
    ];
    for (const { stdout, stderr } of shown) expect(stdout + stderr).not.toMatch(CONTROL);
    expect(JSON.parse(shown[1]?.stdout ?? '')).toMatchObject({ items: [{ model: `flux${EVIL}` }] });
  });

  test('is exported to a terminal without them', async (context) => {
    requireOnMachine(context, 'script');
    const { dataDir } = await createMirror();
    for (const args of [[], ['--format', 'csv'], ['-', '--query', 'cat']]) {
      const { shown } = await runOnTerminal(['export', ...args, '--data-dir', dataDir], { input: '' });
      expect(shown).toContain('a cat');
      // The progress bar has sequences of its own.
      for (const part of ['\u001b]0', '\u001b[2J', '\u009b', '\u202e', '\u2028'])
        expect(shown).not.toContain(part);
    }
  });

  test('is a row of as many columns as any other', async () => {
    const { run } = await createMirror();
    expect((await run('search', 'cat')).stdout.trim().split('\t')).toHaveLength(5);
  });
});

test('the table of hits has no escape sequences but its own', () => {
  const hit = {
    id: `x${EVIL}`,
    created_at: '2026-03-14T11:00:00.000Z',
    state: 'succeeded',
    model: `flux${EVIL}`,
    prompt: `a${EVIL}`,
    highlights: [],
    images: [],
    videos: [],
  } as unknown as SearchHit;
  for (const line of formatHitTable([hit], { columns: 100, hasColors: false }))
    expect(line).not.toMatch(CONTROL);
});

test('the log for people has none of others, and colours of its own', () => {
  const chunks: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const log = createLog({ level: 'info', format: 'pretty' }, destination);
  log.error({ err: new Error(EVIL), reason: EVIL }, 'failed');
  expect(chunks.join('')).toContain('failed');
  expect(chunks.join('')).not.toMatch(CONTROL);
});

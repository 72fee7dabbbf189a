/** `token new` and `token open`: what they say, and what they ask. */
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { confirm } from '../../src/cli/dialog.ts';
import { parseExpiry } from '../../src/cli/expiry.ts';
import { runCli } from '../helpers/cli.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const CLOSES = 'so far this mirror needs no token';

function prepare() {
  const dataDir = join(temporaryDirectory(), 'data');
  const run = (args: string[], env: Record<string, string> = {}) =>
    runCli(['token', ...args, '--data-dir', dataDir], { env });
  return { dataDir, run };
}

test('the first token says that it closes the mirror, the next does not; token open reopens it', async () => {
  const { run } = prepare();
  const first = await run(['new', 'alice', '--expires', '30d', '--json']);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining(CLOSES)]);
  expect(first.stderr).toContain('`flux-mirror token open`');
  const { expires_at } = JSON.parse(first.stdout);
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  const second = await run(['new', '--name', 'bob']);
  expect([second.code, second.stderr]).toEqual([0, expect.not.stringContaining(CLOSES)]);

  const unsure = await run(['open']);
  expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  const opened = await run(['open', '--yes'], { FLUX_MIRROR_TOKENS: 'x' });
  expect([opened.code, opened.stdout]).toEqual([0, 'callers need no token any more\n']);
  expect(opened.stderr).toContain('FLUX_MIRROR_TOKENS is set');
  expect((await run(['new', 'carol', '--yes'])).stderr).toContain(CLOSES);
});

test('a mirror that is closed by the settings is not closed by a token', async () => {
  const { run } = prepare();
  expect((await run(['new'], { FLUX_MIRROR_TOKENS: 'x' })).stderr).not.toContain(CLOSES);
});

test.for([
  ['n', 0],
  ['y', 1],
] as const)('on a terminal the first token asks: %s', async ([answer, count], context) => {
  requireOnMachine(context, 'script');
  const { dataDir } = prepare();
  const { shown } = await runOnTerminal(['token', 'new', '--data-dir', dataDir], { input: `${answer}\n` });
  expect(shown).toContain(CLOSES);
  expect(shown).toContain('[y/N]');
  expect(await (await openTestStore(dataDir)).accessTokens()).toHaveLength(count);
});

test('the list shows expired tokens and their last use', async () => {
  const { dataDir, run } = prepare();
  const store = await openTestStore(dataDir);
  const token = { hash: '00', limits: undefined, isReadOnly: false, revokedAtMs: undefined };
  await store.addAccessToken({ ...token, name: 'old', createdAtMs: 1, expiresAtMs: 2 });
  await store.addAccessToken({ ...token, name: 'new', createdAtMs: 2, expiresAtMs: 4e12 });
  await store.recordTokenUse(new Map([['old', 1]]));
  const { stdout } = await run(['list']);
  expect(stdout).toMatch(/^old .*expired 1970-01-01T00:00:00.002Z {2}last used 1970-01-01T00:00:00.001Z/m);
  expect(stdout).toMatch(/^new .*expires 2096-\S+ {2}not used yet/m);
  expect(JSON.parse((await run(['list', '--json'])).stdout).items).toMatchObject([
    { name: 'old', is_expired: true, last_used_at: '1970-01-01T00:00:00.001Z' },
    { name: 'new', is_expired: false, expires_at: '2096-10-02T07:06:40.000Z', last_used_at: null },
  ]);
});

describe('an expiry', () => {
  test.each([
    ['30d', NOW + 30 * 86_400_000],
    ['12h', NOW + 12 * 3_600_000],
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
    ['2027-01-01T08:00Z', Date.UTC(2027, 0, 1, 8)],
    ['2027-01-01T08:00:30+09:00', Date.UTC(2026, 11, 31, 23, 0, 30)],
  ])('%s', (text, expected) => {
    expect(parseExpiry(text, NOW)).toBe(expected);
  });

  test.each([
    '',
    '0d',
    '30',
    '-1d',
    'never',
    '2026-11-26',
    '2020-01-01',
    '2027-02-30',
    '2027-13-01',
    '2027-01-01T08:00',
    '2027-01-01T25:00Z',
    '99999999999d',
  ])('%j can’t be used', (text) => {
    expect(() => parseExpiry(text, NOW)).toThrow(/^--expires: .* can't be used; allowed: /);
  });
});

test.each([
  ['y\n', true],
  [' Yes \r\n', true],
  ['\n', false],
  ['yeah\n', false],
  ['', false],
])('the answer %j means %s, and the end of the input is an answer', async (typed, expected) => {
  const input = new PassThrough();
  input.end(typed);
  expect(await confirm('Go on?', { input, output: new PassThrough() })).toBe(expected);
});

/** Wrong usage is told alike by every command, in words that help. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

test.each([
  [
    ['search', '-dog'],
    /unknown option '-dog'\n.*put -- between the flags and the query: flux-mirror search -- -dog\)/,
  ],
  [['search', 'cat', '--colour', 'red'], /unknown option '--colour'\n(?!.*put --)/],
  [['search', 'cat', '--from', 'someday'], /--from: "someday" can't be used; allowed: a date/],
  [['export', '--to', '2026-02-30'], /--to: "2026-02-30" can't be used; allowed: a date/],
  [['help', 'nope'], /unknown command 'nope'/],
  [['help', 'token', 'nope'], /unknown command 'nope'/],
  [['nope'], /unknown command 'nope'/],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test.each([[['help']], [['help', 'search']], [['help', 'token']], [['token', 'help', 'new']]])(
  '%j is answered',
  async (args) => {
    const { code, stdout } = await runCli(args);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: flux-mirror')]);
  },
);

test('no error has a word of the operating system in it', async (context) => {
  requireSqlite(context); // the others tell of a server
  const folder = temporaryDirectory();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  symlinkSync('loop', join(folder, 'loop'));
  mkdirSync(join(folder, 'locked'));
  chmodSync(join(folder, 'locked'), 0o500);
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as { port: number };
  const data = ['--data-dir', join(folder, 'data')];
  await runCli(['track', '2db0168c-2373-4367-8d9a-9dc778802e8a', ...data]);
  for (const args of [
    ['status', '--data-dir', join(file, 'data')],
    ['import', join(folder, 'loop'), ...data],
    ['track', '-f', folder, ...data],
    ['track', '-f', join(file, 'x'), ...data],
    ['export', join(folder, 'loop'), ...data],
    ['export', join(file, 'x'), ...data],
    ['backup', join(file, 'x.db'), ...data],
    ['backup', join(file, 'x.tar'), '--with-images', ...data],
    ['restore', join(folder, 'loop'), ...data],
    ['serve', '--port', String(port), ...data],
    ['sync', '--upstream', 'http://127.0.0.1:9', '--upstream-token', 'x', ...data],
  ]) {
    const { code, stdout, stderr } = await runCli(args);
    expect([args, code]).toEqual([args, 1]);
    const told = stderr.split('\n').filter((line) => !line.startsWith('{')); // the log is for the operator
    expect([...told, stdout].join('\n')).not.toMatch(/\bE[A-Z]{3,}\b|\bat .*\.[jt]s:\d|this is a bug/);
  }
});

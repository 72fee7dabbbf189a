import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveOutputTarget } from '../../src/files/output-target.ts';
import { writeOut } from '../../src/files/write-out.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

async function* chunks(...texts: string[]) {
  for (const text of texts) yield text;
}

async function* failing() {
  yield 'half';
  throw new Error('the source failed');
}

test('nobody else’s file is touched, and nothing is left behind', async () => {
  const folder = temporaryDirectory();
  const file = (name: string) => join(folder, name);
  for (const name of ['x.partial', 'x.tmp', '.x']) writeFileSync(file(name), 'mine');
  mkdirSync(file('.flux-mirror-backup'));
  writeFileSync(file('x'), 'old');
  utimesSync(file('.flux-mirror-backup'), 1, 1);
  await writeOut(file('x'), chunks('new', 'er'));
  await expect(writeOut(file('x'), failing())).rejects.toThrow('the source failed');
  expect(readdirSync(folder).sort()).toEqual(['.flux-mirror-backup', '.x', 'x', 'x.partial', 'x.tmp']);
  for (const name of ['x.partial', 'x.tmp', '.x']) expect(readFileSync(file(name), 'utf8')).toBe('mine');
  expect(readFileSync(file('x'), 'utf8')).toBe('newer');
});

test('several exports to one name at once leave one of them whole', async () => {
  const file = join(temporaryDirectory(), 'x');
  const texts = Array.from({ length: 10 }, (_, at) => String(at).repeat(100_000));
  await Promise.all(texts.map((text) => writeOut(file, chunks(...(text.match(/.{1,1000}/g) ?? [])))));
  expect(texts).toContain(readFileSync(file, 'utf8'));
});

test('what a killed export left is removed by a later one, and nothing that may be in use', async () => {
  const folder = temporaryDirectory();
  const leave = (name: string, atS: number) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'export'), 'half');
    utimesSync(join(folder, name, 'export'), atS, atS);
    utimesSync(join(folder, name), 1, 1);
  };
  const nowS = Date.now() / 1000;
  leave('.flux-mirror-tmp-aaaaaa', nowS - 7200);
  leave('.flux-mirror-tmp-bbbbbb', nowS - 60);
  await writeOut(join(folder, 'x'), chunks('new'));
  expect(readdirSync(folder).sort()).toEqual(['.flux-mirror-tmp-bbbbbb', 'x']);
});

test('a link is followed, also to a file that does not exist yet', async () => {
  const folder = temporaryDirectory();
  symlinkSync('target', join(folder, 'link'));
  symlinkSync('link', join(folder, 'second'));
  await writeOut(join(folder, 'second'), chunks('new'));
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('new');
  symlinkSync('loop', join(folder, 'loop'));
  await expect(writeOut(join(folder, 'loop'), chunks('new'))).rejects.toThrow(
    /loop: could not be written \(too many/,
  );
});

test('an open descriptor is continued, by whatever name', async (context) => {
  requireOnMachine(context, 'linux');
  const folder = temporaryDirectory();
  const file = join(folder, 'log');
  writeFileSync(file, 'before ');
  const descriptor = openSync(file, 'a');
  symlinkSync(`/dev/fd/${descriptor}`, join(folder, 'link'));
  await writeOut(`/proc/self/fd/${descriptor}`, chunks('one '));
  await writeOut(join(folder, 'link'), chunks('two'));
  closeSync(descriptor);
  expect(readFileSync(file, 'utf8')).toBe('before one two');
});

test.each([
  ['/dev/stdout', 'standard output'],
  ['/dev/fd/1', 'standard output'],
  ['/proc/self/fd/1', 'standard output'],
  ['/dev/stderr', 'standard error'],
  ['/dev/../dev/fd/2', 'standard error'],
  ['/dev/fd/7', 'descriptor'],
  ['/dev/null', 'special'],
  ['/dev', 'folder'],
  ['/nowhere', 'file'],
])('%s is a %s', async (name, kind) => {
  expect((await resolveOutputTarget(name)).kind).toBe(kind);
});

test('a pipe is written to', async () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect((await resolveOutputTarget(pipe)).kind).toBe('special');
});

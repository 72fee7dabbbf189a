/** Marks in exports and imports. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { TaskId } from '../../src/task/id.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { locateTestStore } from '../helpers/test-engine.ts';
import { fillDataDir, temporaryDirectory } from '../helpers/test-mirror.ts';

const IDS = numberedIds(6);
const [CAT, DOG, OWL] = numberedIds(3);
const CREATED_AT = 1_770_000_000;
const TEXTS = IDS.map((id, at) =>
  documentText({ id, prompt: at % 2 ? `a dog ${at}` : `a cat ${at}`, createdAt: CREATED_AT + at * 86_400 }),
);
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
const line = (id: string, marks: object, changed_at = '2026-03-01T00:00:00.000Z') =>
  JSON.stringify({ id, marks, changed_at });

function openWorkshop() {
  const folder = temporaryDirectory();
  const file = (name: string) => join(folder, name);
  return {
    file,
    read: (name: string) => readFileSync(file(name), 'utf8'),
    write: (name: string, content: string | Uint8Array) => {
      writeFileSync(file(name), content);
      return file(name);
    },
    run: (...args: string[]) => runCli([...args, '--data-dir', file('data')]),
    runOn: (dataDir: string, ...args: string[]) => runCli([...args, '--data-dir', file(dataDir)]),
  };
}

/** Six tasks, three of them with marks, one of which is hidden, and one whose star was taken away. The third is marked first. */
async function fillWorkshop() {
  const workshop = openWorkshop();
  await fillDataDir(workshop.file('data'), TEXTS);
  const store = await openMirrorStore(await locateTestStore(workshop.file('data')), {
    clock: systemClock,
    mode: 'writer',
  });
  const change = { starred: true, rating: 4, addTags: ['=poster', '两个 词'], note: 'a\nnote\u2028"' };
  await store.mark([{ id: OWL, change: { hidden: true } }], { nowMs: Date.UTC(2026, 2, 1) });
  await store.mark([{ id: CAT, change }], { nowMs: Date.UTC(2026, 2, 2) });
  await store.mark([{ id: DOG, change: { rating: 2 } }], { nowMs: Date.UTC(2026, 2, 3) });
  await store.mark([{ id: IDS[3] as TaskId, change: { starred: true } }], { nowMs: 5 });
  await store.mark([{ id: IDS[3] as TaskId, change: { starred: false } }], { nowMs: 6 });
  await store.close();
  return workshop;
}

const CAT_LINE =
  `{"id":"${CAT}","marks":{"starred":true,"rating":4,"tags":["=poster","两个 词"],"note":"a\\nnote\u2028\\"","hidden":false},` +
  '"changed_at":"2026-03-02T00:00:00.000Z"}';

describe('export', () => {
  test('writes the marks beside the documents, whose bytes stay the same', async () => {
    const { run, file, read } = await fillWorkshop();
    expect(await run('export', file('all.jsonl'))).toEqual({
      code: 0,
      stdout: '',
      stderr: `6 documents written to ${file('all.jsonl')}\nmarks of 4 tasks written to ${file('all.marks.jsonl')}\n`,
    });
    expect(read('all.jsonl')).toBe(lines(TEXTS));
    const written = read('all.marks.jsonl').split('\n');
    expect(written).toHaveLength(5);
    expect(written).toContain(CAT_LINE);
    expect(statSync(file('all.marks.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('of a search has the marks of its matches, in their order', async () => {
    const { run, file, read } = await fillWorkshop();
    await run('export', file('cats.ndjson.gz'), '--query', 'cat');
    const marks = gunzipSync(readFileSync(file('cats.marks.ndjson.gz'))).toString();
    expect(
      marks
        .trim()
        .split('\n')
        .map((text) => (JSON.parse(text) as { id: string }).id),
    ).toEqual([CAT, OWL]);
    await run('export', file('late'), '--from', '2026-02-05');
    expect(existsSync(file('late.marks.jsonl'))).toBe(false);
    await run('export', file('some'), '--query', 'rating:2');
    expect(read('some.marks.jsonl')).toContain(DOG);
  });

  test('to standard output leaves the marks out, says so, and writes them where --marks names a file', async () => {
    const { run, file, read } = await fillWorkshop();
    expect(await run('export')).toEqual({
      code: 0,
      stdout: lines(TEXTS),
      stderr:
        '6 documents written\nthe marks of these tasks were not written: --marks names a file for them\n',
    });
    const named = await run('export', '-', '--marks', file('marks.jsonl'));
    expect(named.stdout).toBe(lines(TEXTS));
    expect(read('marks.jsonl')).toContain(CAT_LINE);
    expect((await run('export', '--no-marks')).stderr).toBe('6 documents written\n');
    const only = await run('export', file('documents'), '--marks', '-', '--query', 'cat');
    expect(only.stdout).toContain(CAT_LINE);
    expect((await run('export', '/dev/null')).stderr).toContain('were not written');
    expect(existsSync('/dev/null.marks.jsonl')).toBe(false);
  });

  test('leaves no marks of an earlier export beside newer documents', async () => {
    const { run, file, read } = await fillWorkshop();
    await run('export', file('all.jsonl'));
    await run('export', file('all.jsonl'), '--no-marks');
    expect(read('all.marks.jsonl')).toContain(CAT_LINE);
    await run('export', file('all.jsonl'), '--query', 'nothing');
    expect(read('all.marks.jsonl')).toBe('');
  });

  test('never writes the marks over the documents', async () => {
    const { run, file } = await fillWorkshop();
    const { code, stderr } = await run('export', file('all.jsonl'), '--marks', file('./all.jsonl'));
    expect([code, stderr]).toEqual([
      2,
      'flux-mirror: --marks names the file of the documents; name another one\n',
    ]);
    expect(existsSync(file('all.jsonl'))).toBe(false);
  });

  test('as CSV has columns for them, guarded like the others', async () => {
    const { run, file, read } = await fillWorkshop();
    expect((await run('export', file('all.csv'))).stderr).toBe(`6 documents written to ${file('all.csv')}\n`);
    expect(existsSync(file('all.csv.marks.jsonl'))).toBe(false);
    const csv = read('all.csv');
    expect(csv.split('\r\n')[0]).toMatch(/,archived_files,starred,rating,tags,note,hidden$/);
    expect(csv).toContain(`,,true,4,'=poster; 两个 词,"a\nnote\u2028""",\r\n`);
    expect(csv).toContain(',,,2,,,\r\n');
    expect(csv).toContain(',,,,,,true\r\n');
    expect((await run('export', '--format', 'csv', '--no-marks')).stdout).not.toContain('poster');
  });
});

describe('import', () => {
  test('of an export gives the same documents and the same marks, in any order of the files', async () => {
    const { run, runOn, file, read } = await fillWorkshop();
    mkdirSync(file('saved'));
    await run('export', file('saved/b.jsonl'));
    const [documents, marks] = [read('saved/b.jsonl'), read('saved/b.marks.jsonl')];
    // As one stream, marks first.
    writeFileSync(file('one.jsonl'), marks + documents);
    for (const [dataDir, ...names] of [
      ['folder', 'saved'],
      ['marks first', 'saved/b.marks.jsonl', 'saved/b.jsonl'],
      ['one file', 'one.jsonl'],
    ] as const) {
      const { code, stdout } = await runOn(dataDir, 'import', ...names.map(file));
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^6 new tasks, .* a second\); marks of 3 tasks changed, 1 kept as they were, 0 of unknown tasks\n$/,
      );
      await runOn(dataDir, 'export', file('again.jsonl'));
      expect([read('again.jsonl'), read('again.marks.jsonl')]).toEqual([documents, marks]);
      expect(readdirSync(file(dataDir)).filter((name) => name.startsWith('.flux-mirror-'))).toEqual([]);
    }
  });

  test('keeps marks that are newer or the same', async () => {
    const { run, write } = await fillWorkshop();
    const path = write(
      'marks.jsonl',
      lines([
        line(CAT, { rating: 1 }, '2026-03-01T00:00:00Z'),
        line(DOG, { rating: 5 }, '2026-03-04T00:00:00Z'),
        line(OWL, { hidden: true }, '2026-03-04T00:00:00Z'),
      ]),
    );
    const { stdout } = await run('import', path, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      new: 0,
      refused: 0,
      marks: { changed: 1, kept: 2, unknown: 0 },
    });
    expect((await run('search', 'rating:5')).stdout).toContain(DOG);
  });

  test('the newest marks win, in whatever order they come', async () => {
    const { run, write } = await fillWorkshop();
    const states = [
      line(DOG, { rating: 1 }, '2026-04-01T00:00:00Z'),
      line(DOG, { rating: 1 }, '2026-04-03T00:00:00Z'),
      line(DOG, { rating: 5 }, '2026-04-02T00:00:00Z'),
    ];
    await run('import', write('marks.jsonl', lines(states)));
    expect((await run('export', '--no-marks', '--query', 'rating:1')).stdout).toContain(DOG);
  });

  test('counts marks of unknown tasks, and refuses bad lines with a reason', async () => {
    const { run, write } = await fillWorkshop();
    const path = write(
      'marks.jsonl',
      lines([
        line('elsewhere', { starred: true }),
        line(CAT, { rating: 11 }, '2027-01-01T00:00:00Z'),
        line(CAT, { tags: ['a\u0000'] }),
        line(CAT, { tags: ['b\u0000'] }),
        line(CAT, {}, 'today'),
        line(DOG, { tags: ['Later', 'LATER'] }, new Date().toISOString()),
        `{"items":[${line(OWL, { starred: true }, new Date().toISOString())}]}`,
      ]),
    );
    const { code, stdout, stderr } = await run('import', path, '--json');
    expect(code).toBe(1);
    const { refused, reasons, marks } = JSON.parse(stdout) as Record<string, unknown>;
    expect([refused, marks]).toEqual([4, { changed: 2, kept: 0, unknown: 1 }]);
    expect(Object.values(reasons as object)).toEqual([1, 2, 1]);
    expect(stderr).toContain(`${path}:2: "rating" must be a whole number from 0 to 5\n`);
    expect(stderr).toContain('the marks of 1 task were not stored: import their documents with them\n');
    expect((await run('tag', DOG)).stdout).toBe(`${DOG}\tlater\n`);
  });

  test('reads more marks than fit in memory, before their documents', async () => {
    const { runOn, file, read } = openWorkshop();
    const ids = numberedIds(1700);
    mkdirSync(file('saved'));
    writeFileSync(file('saved/0.jsonl'), lines(ids.map((id, at) => line(id, { note: `n\u2028${at}` }))));
    for (const id of ids) appendFileSync(file('saved/1.jsonl'), lines([documentText({ id })]));
    const { stdout } = await runOn('new', 'import', file('saved'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      new: 1700,
      marks: { changed: 1700, kept: 0, unknown: 0 },
    });
    expect(readdirSync(file('new')).filter((name) => name.startsWith('.flux-mirror-'))).toEqual([]);
    await runOn('new', 'export', file('out.jsonl'));
    expect(read('out.marks.jsonl').split('\n')).toHaveLength(1701);
    expect(read('out.marks.jsonl')).toContain('"note":"n\u20281699"');
  });
});

/** Stars, ratings, tags, notes and hidden tasks on the command line. */
import { describe, expect, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { TaskId } from '../../src/task/id.ts';
import { areSameMarks, MAX_NOTE_CHARACTERS, NO_MARKS } from '../../src/task/marks.ts';
import { type CliOptions, runCli } from '../helpers/cli.ts';
import { documentText } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { locateTestStore } from '../helpers/test-engine.ts';
import { fillDataDir, temporaryDataDir } from '../helpers/test-mirror.ts';

const idOf = (begin: string) => `${begin}-0000-4000-8000-000000000000` as TaskId;
const [CAT, DOG, OWL] = [idOf('abcdef01'), idOf('abcdef02'), idOf('12345678')];
const UNKNOWN = idOf('77777777');

/** A mirror of two tasks of animals with fur, and one of an owl. */
async function createMirror() {
  const dataDir = temporaryDataDir();
  const runWith = (options: CliOptions, ...args: string[]) =>
    runCli([...args, '--data-dir', dataDir], options);
  const run = (...args: string[]) => runWith({}, ...args);
  const runJson = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await run(...args, '--json')).stdout);
  const readMarks = async () => {
    const store = await openMirrorStore(await locateTestStore(dataDir), {
      clock: systemClock,
      mode: 'reader',
    });
    const marks = (await store.marksOf([CAT, DOG, OWL])).filter((one) => !areSameMarks(one, NO_MARKS));
    await store.close();
    return Object.fromEntries(
      marks.map(({ id, version: _, changedAtMs: __, ...rest }) => [id.slice(0, 8), rest]),
    );
  };
  await fillDataDir(dataDir, [
    documentText({ id: CAT, prompt: 'a furry cat' }),
    documentText({ id: DOG, prompt: 'a furry dog' }),
    documentText({ id: OWL, prompt: 'an owl' }),
  ]);
  return { dataDir, run, runWith, runJson, readMarks };
}

describe('star', () => {
  test('marks tasks by beginnings of their ids, and takes the star away', async () => {
    const { run, runJson, readMarks } = await createMirror();
    expect(await run('star', '123456', CAT)).toEqual({
      code: 0,
      stdout: '2 tasks starred, 0 unchanged\n',
      stderr: '',
    });
    expect(await runJson('star', OWL, DOG)).toEqual({
      ...{ changed: 1, unchanged: 1, not_known: [], refused: [] },
    });
    expect((await run('search', 'is:starred', '--exact')).stdout.split('\n')).toHaveLength(4);
    expect((await run('star', OWL, DOG, '--remove')).stdout).toBe('2 tasks no longer starred, 0 unchanged\n');
    expect(Object.keys(await readMarks())).toEqual(['abcdef01']);
  });

  test('reports unknown and ambiguous ids, and marks the others', async () => {
    const { run, runJson, readMarks } = await createMirror();
    const { code, stdout, stderr } = await run('star', UNKNOWN, 'abcdef', 'owl', OWL);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1 task starred, 0 unchanged\n' });
    expect(stderr).toContain(`not in the mirror: ${UNKNOWN}\n`);
    expect(stderr).toContain('not in the mirror: owl\n');
    expect(stderr).toContain(`"abcdef" is the beginning of several ids: ${CAT}, ${DOG}`);
    expect(Object.keys(await readMarks())).toEqual(['12345678']);
    expect(await runJson('star', UNKNOWN)).toMatchObject({ changed: 0, not_known: [UNKNOWN] });
  });

  test('does not mark an id that is only tracked', async () => {
    const { run } = await createMirror();
    await run('track', UNKNOWN);
    const { code, stderr } = await run('star', UNKNOWN);
    expect([code, stderr]).toEqual([1, `not in the mirror: ${UNKNOWN}\n`]);
  });

  test('needs either ids or a search', async () => {
    const { run } = await createMirror();
    for (const args of [['star'], ['star', CAT, '--query', 'cat'], ['star', CAT, '--from', '2026']]) {
      const { code, stderr } = await run(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^flux-mirror: name (either )?the ids of tasks, or a search by --query.*\n$/);
    }
  });
});

describe('--query', () => {
  test('marks what a search matches exactly with --yes, and refuses where nobody can be asked', async () => {
    const { run, readMarks } = await createMirror();
    expect(await run('star', '--query', 'furry')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'flux-mirror: the search matches 2 tasks: add --yes to change them\n',
    });
    expect(await readMarks()).toEqual({});
    expect((await run('star', '--query', 'furry', '--yes')).stdout).toBe('2 tasks starred, 0 unchanged\n');
    expect((await run('star', '--query', 'furry -is:starred', '-y')).stdout).toBe(
      '0 tasks starred, 0 unchanged\n',
    );
    expect(Object.keys(await readMarks()).sort()).toEqual(['abcdef01', 'abcdef02']);
    // Close matches are not marked.
    expect((await run('rate', '5', '--query', 'furry bird', '--yes')).stdout).toMatch(/^0 tasks rated 5/);
  });

  test('is limited by dates, which also stand alone', async () => {
    const { run } = await createMirror();
    expect((await run('rate', '3', '--query', 'furry', '--from', '2027', '--yes')).stdout).toMatch(/^0 /);
    expect((await run('rate', '3', '--from', '2026-03', '--to', '2026-03', '--yes')).stdout).toMatch(/^3 /);
    expect((await run('rate', '3', '--query', 'cat', '--from', 'x', '--yes')).code).toBe(2);
  });

  test('is refused when a part of it was not understood, or it has no parts', async () => {
    const { run, readMarks } = await createMirror();
    const refused = await run('hide', '--query', 'cat is:nothing', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^flux-mirror: nothing was changed: .*is:nothing/);
    for (const query of ['', ' ']) expect((await run('hide', '--query', query, '--yes')).code).toBe(2);
    expect(await readMarks()).toEqual({});
  });

  test('leaves hidden tasks out, unless it names them', async () => {
    const { run } = await createMirror();
    await run('hide', CAT);
    expect((await run('star', '--query', 'furry', '--yes')).stdout).toMatch(/^1 task starred/);
    expect((await run('hide', '--remove', '--query', 'is:hidden', '--yes')).stdout).toBe(
      '1 task no longer hidden, 0 unchanged\n',
    );
  });

  test.for<[string, string]>([
    ['n', '0 tasks hidden'],
    ['y', '2 tasks hidden'],
  ])('on a terminal says how many, and asks: %j', async ([answer, done], context) => {
    requireOnMachine(context, 'script');
    const { dataDir } = await createMirror();
    const { code, shown } = await runOnTerminal(['hide', '--query', 'furry', '--data-dir', dataDir], {
      input: `${answer}\n`,
    });
    expect(code).toBe(0);
    expect(shown).toContain('Hide 2 tasks? [y/N]');
    expect(shown).toContain(done);
  });

  test('changes many tasks step by step, whatever the change does to the search', async () => {
    const dataDir = temporaryDataDir();
    const texts = Array.from({ length: 1234 }, (_, at) => documentText({ prompt: `cat ${at}` }));
    await fillDataDir(dataDir, texts);
    const { stdout } = await runCli(['hide', '--query', 'cat', '--yes', '--data-dir', dataDir]);
    expect(stdout).toBe('1,234 tasks hidden, 0 unchanged\n');
    expect((await runCli(['search', 'cat', '--data-dir', dataDir])).stderr).toContain('0 hits');
  });
});

describe('rate', () => {
  test('gives a rating, and 0 removes it', async () => {
    const { run, readMarks } = await createMirror();
    expect((await run('rate', '4', CAT, DOG)).stdout).toBe('2 tasks rated 4, 0 unchanged\n');
    expect((await run('rate', '0', DOG)).stdout).toBe('1 task without a rating, 0 unchanged\n');
    expect(await readMarks()).toMatchObject({ abcdef01: { rating: 4 } });
    expect((await run('search', 'rating:>=4')).stdout).toContain(CAT);
  });

  test.each(['11', '-1', '4.5', 'x', '', CAT])('refuses the rating %j', async (rating) => {
    const { run, readMarks } = await createMirror();
    const { code, stderr } = await run('rate', '--', rating, CAT);
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are 0, 1, 2, 3, 4, 5.');
    expect(await readMarks()).toEqual({});
  });
});

describe('tag', () => {
  test('adds and removes tags, lists those of tasks, and all', async () => {
    const { run, runJson } = await createMirror();
    expect((await run('tag', CAT, DOG, '--add', 'Poster', '--add', 'two  words', '--add', '海')).stdout).toBe(
      '2 tasks changed, 0 unchanged\n',
    );
    await run('tag', DOG, '--remove', 'POSTER', '--add', 'draft');
    expect((await run('tag', DOG, '123456')).stdout).toBe(`${DOG}\tdraft; two words; 海\n${OWL}\t\n`);
    expect(await runJson('tag', CAT, UNKNOWN)).toEqual({
      items: [{ id: CAT, tags: ['poster', 'two words', '海'] }],
      not_known: [UNKNOWN],
    });
    expect((await run('tag')).stdout).toBe('two words\t2\n海\t2\ndraft\t1\nposter\t1\n');
    expect(await runJson('tag')).toMatchObject({ items: [{ tag: 'two words', count: 2 }, {}, {}, {}] });
    expect((await run('tag', '--query', 'tag:"two words"', '--remove', '海', '--yes')).stdout).toMatch(/^2 /);
  });

  test.each<[string, string[]]>([
    ['with control characters', ['--add', 'a\u0007b']],
    ['with quotation marks', ['--add', '"a"']],
    ['that is empty', ['--add', ' ']],
    ['that is too long', ['--add', 'x'.repeat(65)]],
    ['that is removed as well', ['--add', 'A', '--remove', 'a']],
  ])('refuses a tag %s', async (_what, options) => {
    const { run, readMarks } = await createMirror();
    const { code, stderr } = await run('tag', CAT, ...options);
    expect(code).toBe(2);
    expect(stderr).not.toContain('\u0007');
    expect(stderr).toMatch(/\btag|added and removed/);
    expect(await readMarks()).toEqual({});
  });

  test('refuses more tags than a task can have, at once and over time', async () => {
    const { run, readMarks } = await createMirror();
    const list = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, at) => ['--add', `${prefix}${at}`]).flat();
    const many = await run('tag', CAT, ...list(10_000, 'tag'));
    expect([many.code, many.stderr]).toEqual([2, 'flux-mirror: a task has at most 100 tags, not 10000\n']);
    await run('tag', CAT, ...list(100, 'tag'));
    const more = await run('tag', CAT, DOG, '--add', 'another');
    expect(more).toEqual({
      code: 1,
      stdout: '1 task changed, 0 unchanged\n',
      stderr: `${CAT}: a task has at most 100 tags\n`,
    });
    expect(await readMarks()).toMatchObject({ abcdef02: { tags: ['another'] } });
  });

  test('of a search needs a change', async () => {
    const { run } = await createMirror();
    expect((await run('tag', '--query', 'cat')).code).toBe(2);
    expect((await run('tag', '--add', 'a')).code).toBe(2);
  });
});

describe('note', () => {
  test('is written, printed, replaced and removed', async () => {
    const { run, runJson } = await createMirror();
    expect((await run('note', 'abcdef01', 'for the\ncalendar')).stdout).toBe('1 task noted, 0 unchanged\n');
    expect((await run('note', CAT)).stdout).toBe('for the\ncalendar\n');
    expect(await runJson('note', CAT)).toEqual({ id: CAT, note: 'for the\ncalendar' });
    expect((await run('search', 'calendar')).stdout).toContain(CAT);
    expect((await run('note', CAT, '--remove')).stdout).toBe('1 task without a note, 0 unchanged\n');
    expect(await run('note', CAT)).toEqual({ code: 0, stdout: '', stderr: 'no note\n' });
    expect((await run('note', UNKNOWN)).code).toBe(1);
    expect((await run('note', 'abcdef')).stderr).toContain('several ids');
  });

  test('is read from standard input, without the line break at its end', async () => {
    const { run, runWith, readMarks } = await createMirror();
    await runWith({ input: '猫\n\ntwo lines\n' }, 'note', CAT, '-');
    expect(await readMarks()).toMatchObject({ abcdef01: { note: '猫\n\ntwo lines' } });
    await run('note', '--query', 'furry', 'shared', '--yes');
    expect(await readMarks()).toMatchObject({ abcdef01: { note: 'shared' }, abcdef02: { note: 'shared' } });
    expect((await runWith({ input: 'x'.repeat(MAX_NOTE_CHARACTERS) }, 'note', CAT, '-')).code).toBe(0);
  });

  test.each<[string, CliOptions, string[]]>([
    ['a note that is too long', {}, [CAT, 'x'.repeat(MAX_NOTE_CHARACTERS + 1)]],
    ['an input that is too long', { input: 'x'.repeat(MAX_NOTE_CHARACTERS + 10) }, [CAT, '-']],
    ['an input that is not UTF-8', { input: Buffer.from([0x61, 0xff]) }, [CAT, '-']],
    ['an input that is cut off within a character', { input: Buffer.from([0xe7, 0x8c]) }, [CAT, '-']],
    ['an empty input', {}, [CAT, '-']],
    ['an empty text', {}, [CAT, '']],
    ['no task', {}, []],
    ['a text that is to be removed', {}, [CAT, 'text', '--remove']],
    ['two texts', {}, [CAT, 'two', 'words']],
    ['a search without a text', {}, ['--query', 'cat']],
    ['a search and an id', {}, ['--query', 'cat', CAT, 'text']],
  ])('refuses %s', async (_what, options, args) => {
    const { runWith, readMarks } = await createMirror();
    const { code, stderr } = await runWith(options, 'note', ...args);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d/);
    expect(await readMarks()).toEqual({});
  });
});

describe('hide', () => {
  test('leaves tasks out of searches, but not out of exports', async () => {
    const { run } = await createMirror();
    expect((await run('hide', CAT)).stdout).toBe('1 task hidden, 0 unchanged\n');
    expect((await run('search', 'furry', '--exact')).stdout).not.toContain(CAT);
    expect((await run('search', 'furry is:hidden')).stdout).toContain(CAT);
    expect((await run('export', '--query', 'furry')).stdout).toContain(CAT);
    await run('hide', CAT, '--remove');
    expect((await run('search', 'furry', '--exact')).stdout).toContain(CAT);
  });
});

test('get prints documents as before, whatever their marks', async () => {
  const { run } = await createMirror();
  const before = await run('get', CAT, DOG);
  await run('star', CAT);
  await run('note', CAT, 'a note');
  expect(await run('get', CAT, DOG)).toEqual(before);
});

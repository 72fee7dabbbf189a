/** Commands take ids by their beginning, as `search` shows them. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMirrorStore } from '../../src/app/open-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { TaskId } from '../../src/task/id.ts';
import { runCli } from '../helpers/cli.ts';
import { document, documentText } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { runOnTerminal } from '../helpers/terminal.ts';
import { locateTestStore } from '../helpers/test-engine.ts';
import { fillDataDir, temporaryDataDir, temporaryDirectory } from '../helpers/test-mirror.ts';

const idOf = (begin: string) => `${begin}-0000-4000-8000-000000000000` as TaskId;
const [CAT, DOG, OWL] = [idOf('abcdef01'), idOf('abcdef02'), idOf('12345678')];

async function createMirror() {
  const dataDir = temporaryDataDir();
  const run = (...args: string[]) => runCli([...args, '--data-dir', dataDir]);
  await fillDataDir(
    dataDir,
    [CAT, DOG, OWL].map((id) => documentText({ id, prompt: `a cat ${id}` })),
  );
  return { dataDir, run };
}

describe('get', () => {
  test('takes an unambiguous beginning of six characters', async () => {
    const { run } = await createMirror();
    const { code, stdout } = await run('get', '123456', 'ABCDEF02');
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual([OWL, DOG]);
  });

  test('says which tasks an ambiguous one fits, and does not guess', async () => {
    const { run } = await createMirror();
    const { code, stdout, stderr } = await run('get', 'abcdef');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const id of [CAT, DOG]) expect(stderr).toContain(id);
    expect((await run('get', '12345')).stderr).toContain('not in the mirror: 12345');
  });
});

test('search and export find tasks by a pasted id, its beginning, or a link, and say so', async () => {
  const { run } = await createMirror();
  const link = `https://img.example/${DOG}.png`;
  for (const [query, as, id] of [
    [CAT.toUpperCase(), `id:${CAT}`, CAT],
    ['abcdef02', 'id:abcdef02*', DOG],
    [link, `artifact:${link}`, DOG],
  ] as const) {
    const { stdout, stderr } = await run('search', query);
    expect(stdout).toMatch(new RegExp(`^\\S+\\t${id}\\t[^\\n]*\\n$`));
    expect(stderr).toBe(`"${query}" was read as ${as}; in quotes it is text\n1 hit\n`);
    const exported = await run('export', '--query', query);
    expect(exported.stdout.trim().split('\n')).toEqual([expect.stringContaining(`"id":"${id}"`)]);
  }
  expect((await run('search', `"${link}"`)).stderr).toBe('0 hits\n');
});

test('untrack takes the beginning of an id that is only tracked', async () => {
  const { run } = await createMirror();
  await run('track', idOf('99999999'));
  expect(JSON.parse((await run('untrack', '999999', '--json')).stdout)).toEqual({
    untracked: [idOf('99999999')],
    not_tracked: [],
  });
});

describe('forget', () => {
  const readIds = async (dataDir: string) => {
    const store = await openMirrorStore(await locateTestStore(dataDir), {
      clock: systemClock,
      mode: 'reader',
    });
    const { tasks } = await store.list({}, { limit: 10, offset: 0 });
    await store.close();
    return tasks.map(({ id }) => id).sort();
  };

  test('of a shortened id needs --yes where nobody can be asked', async () => {
    const { dataDir, run } = await createMirror();
    const refused = await run('forget', '123456');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(OWL);
    expect(await readIds(dataDir)).toHaveLength(3);
    expect((await run('forget', '123456', '--yes')).code).toBe(0);
    expect(await readIds(dataDir)).toEqual([CAT, DOG]);
    expect((await run('forget', 'abcdef', '--yes')).code).toBe(1); // ambiguous
    expect(await readIds(dataDir)).toEqual([CAT, DOG]);
    expect((await run('forget', CAT)).code).toBe(0); // whole, as scripts do
    expect(await readIds(dataDir)).toEqual([DOG]);
  });

  test.for<[string, number]>([
    ['n', 3],
    ['', 3],
    ['y', 2],
  ])('on a terminal prints the whole id and asks: %j', async ([answer, left], context) => {
    requireOnMachine(context, 'script');
    const { dataDir } = await createMirror();
    const { shown } = await runOnTerminal(['forget', '123456', '--data-dir', dataDir], {
      input: `${answer}\n`,
    });
    expect(shown).toContain(`${OWL}\n`);
    expect(shown).toContain('[y/N]');
    expect(await readIds(dataDir)).toHaveLength(left);
  });
});

describe('an archived picture', () => {
  /** Stores a task whose picture is archived. @returns the path of the picture */
  async function archivePicture(dataDir: string): Promise<string> {
    const bytes = 'a picture';
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const path = join(dataDir, 'images', sha256.slice(0, 2), `${sha256}.png`);
    const store = await openMirrorStore(await locateTestStore(dataDir), {
      clock: systemClock,
      mode: 'writer',
    });
    const response = { success: true, data: [{ image_url: 'https://cdn.example/1.png' }] };
    await store.storeDocuments({
      documents: [document({ id: idOf('55555555'), prompt: 'a pictured owl', more: { response } })],
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: 1,
    });
    const [wanted] = await store.claimImages({ nowMs: Date.now(), limit: 1, leaseMs: () => 1000 });
    if (!wanted) throw new Error('no image is wanted');
    const image = {
      sha256,
      mediaType: 'image/png',
      bytes: bytes.length,
      width: 1,
      height: 1,
      thumbhash: new Uint8Array(),
    };
    await store.archiveImage(wanted, image, Date.now());
    await store.close();
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  test('is shown by search and get as a path, and opened by open', async () => {
    const dataDir = temporaryDataDir();
    const path = await archivePicture(dataDir);
    const run = (args: string[], env = {}) => runCli([...args, '--data-dir', dataDir], { env });
    const found = (await run(['search', 'pictured'])).stdout;
    expect(found.trim().split('\t').at(-1)).toBe(path);
    expect((await run(['get', '555555'])).stderr).toBe(`archived: ${path}\n`);
    expect((await run(['open', '555555', '--print'])).stdout).toBe(`${path}\n`);
    expect((await run(['open', '555555'])).stdout).toBe(`${path}\n`); // without a screen it is as --print
  });

  test.runIf(process.platform === 'linux')('is given to the opener of the system', async () => {
    const dataDir = temporaryDataDir();
    const path = await archivePicture(dataDir);
    const bin = temporaryDirectory();
    const opened = join(bin, 'opened');
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
    );
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const env = { DISPLAY: ':0', PATH: `${bin}:${process.env.PATH}` };
    expect((await runCli(['open', '555555', '--data-dir', dataDir], { env })).code).toBe(0);
    await expect.poll(() => existsSync(opened)).toBe(true);
    expect(readFileSync(opened, 'utf8')).toBe(path);
  });

  test.runIf(process.platform === 'linux')('that can not be opened is told', async () => {
    const dataDir = temporaryDataDir();
    const path = await archivePicture(dataDir);
    const bin = temporaryDirectory();
    writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const env = { DISPLAY: ':0', PATH: `${bin}:${process.env.PATH}` };
    const open = () => runCli(['open', '555555', '--data-dir', dataDir], { env });
    expect(await open()).toMatchObject({
      code: 0,
      stdout: `${path}\n`,
      stderr: expect.stringContaining('xdg-open could not open it'),
    });
    rmSync(path);
    expect(await open()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`its file is missing: ${path}`),
    });
  });

  test('that is not archived is named by its link', async () => {
    const dataDir = temporaryDataDir();
    const data = [{ image_url: 'https://cdn.example/2.png' }];
    await fillDataDir(dataDir, [
      documentText({ id: OWL, prompt: 'an owl', more: { response: { success: true, data } } }),
    ]);
    const { code, stderr } = await runCli(['open', OWL, '--data-dir', dataDir]);
    expect(code).toBe(1);
    expect(stderr).toContain('https://cdn.example/2.png');
    expect((await runCli(['open', 'nothing', '--data-dir', dataDir])).stderr).toContain(
      'not in the mirror: nothing',
    );
  });
});

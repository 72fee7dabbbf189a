import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { formatCsvLines } from '../../src/files/csv.ts';
import type { StoredTask } from '../../src/store/contract/tasks.ts';
import { MAIN, runCli } from '../helpers/cli.ts';
import { document, documentText, numberedIds } from '../helpers/documents.ts';
import { createEngineEnv } from '../helpers/test-engine.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const IDS = numberedIds(6);
const TEXTS = IDS.map((id, at) =>
  documentText({
    id,
    prompt: at % 2 ? `a cat ${at}` : `ein Hund ${at}`,
    createdAt: 1_770_000_000 + at * 86_400,
  }),
);

/** A folder to work in, and the command on its data directory. */
function workshop() {
  const folder = temporaryDirectory();
  const file = (name: string) => join(folder, name);
  const run = (...args: string[]) => runCli([...args, '--data-dir', file('data')]);
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(file(name), content);
    return file(name);
  };
  return { file, run, write };
}

const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

describe('import', () => {
  test('reads a folder of saved responses in every format, each document once', async () => {
    const { file, run, write } = workshop();
    mkdirSync(file('saved/deep'), { recursive: true });
    write('saved/1.jsonl', lines(TEXTS.slice(0, 2)));
    write('saved/2.json.gz', gzipSync(`[${TEXTS[2]}]`));
    write('saved/deep/3.json', `{"items":[${TEXTS[3]},${TEXTS[0]}],"count":2}`);
    write('saved/deep/4.ndjson', JSON.stringify(JSON.parse(TEXTS[4] ?? ''), null, 2));
    write('saved/notes.txt', 'not for import');
    const result = await run('import', file('saved'), '--json');
    expect(JSON.parse(result.stdout)).toEqual({
      new: 5,
      newer: 0,
      same: 1,
      kept: 0,
      refused: 0,
      reasons: {},
      skipped: 1,
      marks: { changed: 0, kept: 0, unknown: 0 },
      collections: { changed: 0, kept: 0 },
    });
    expect(result.stderr).toContain('1 file in folders skipped');
  });

  test('reports what was rejected and why, and imports the rest', async () => {
    const { run, write } = workshop();
    const path = write(
      'mixed.jsonl',
      [
        'nonsense',
        TEXTS[0],
        '{"no":"id"}',
        '{"success":true,"task_id":"x","data":[]}',
        'more',
        TEXTS[1],
      ].join('\n'),
    );
    const result = await run('import', path, '--json');
    expect(result.code).toBe(1);
    const generation = 'the answer of a generation, not a task document; `flux-mirror track` takes its id';
    expect(JSON.parse(result.stdout)).toMatchObject({
      new: 2,
      refused: 4,
      reasons: {
        'not valid JSON': 2,
        'a task document must have an id of 1 to 128 characters': 1,
        [generation]: 1,
      },
    });
    expect(result.stderr).toContain(`${path}:4: ${generation}\n`);
    const plain = await run('import', path);
    expect(plain.stderr).toContain('refused 2 ×: not valid JSON');
    expect(plain.stdout).toMatch(/^0 new tasks, 0 newer, 2 the same, 0 kept as they were, 4 lines refused/);
  });

  test('imports the documents before the cut in a truncated gzip', async () => {
    const { run, write } = workshop();
    const many = Array.from({ length: 3000 }, (_, at) =>
      documentText({ prompt: `number ${at} ${at * 7919}` }),
    );
    const whole = gzipSync(lines(many));
    const path = write('cut.jsonl.gz', whole.subarray(0, whole.length / 2));
    const result = await run('import', path, '--json');
    const { new: stored, reasons } = JSON.parse(result.stdout) as { new: number; reasons: object };
    expect(stored).toBeGreaterThan(100);
    expect(Object.keys(reasons)).toContain('the gzip is damaged or incomplete from here on');
    expect(result.stderr).not.toMatch(/\bat .*\.ts:\d/);
  });

  test('imports linked files in a folder, and counts whatever else it leaves out', async () => {
    const { file, run, write } = workshop();
    mkdirSync(file('saved/deep'), { recursive: true });
    mkdirSync(file('elsewhere'));
    write('saved/deep/1.jsonl', lines(TEXTS.slice(0, 2)));
    symlinkSync(write('elsewhere/answers.txt', lines(TEXTS.slice(2, 4))), file('saved/2.jsonl'));
    symlinkSync(file('nowhere'), file('saved/broken.json'));
    symlinkSync(file('saved'), file('saved/deep/loop'));
    symlinkSync('itself.json', file('saved/itself.json'));
    execFileSync('mkfifo', [file('saved/pipe.json')]);
    const result = await run('import', file('saved'), '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({ new: 4, refused: 0, skipped: 4 });
    expect(result.code).toBe(0);
    expect(result.stderr.split('\n').sort()).toEqual([
      '',
      '1 file in folders skipped: a link to a folder; name that folder to import it',
      '1 file in folders skipped: a pipe, socket or device',
      '2 files in folders skipped: a link to nothing',
    ]);
  });

  test('reads answers that were appended to a file without line ends', async () => {
    const { run, write } = workshop();
    const page = `{"count":2,"success":true,"items":[${TEXTS[2]},${TEXTS[3]}]}`;
    const path = write(
      'appended.json',
      `${TEXTS[0]}${JSON.stringify(JSON.parse(TEXTS[1] ?? ''), null, 2)}${page}[${TEXTS[4]}]`,
    );
    const result = await run('import', path, '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({ new: 5, refused: 0 });
    expect(result.code).toBe(0);
  });

  test.each([
    ['a name that is not there', 'nowhere.jsonl', /nowhere\.jsonl: no such file.*nothing was imported/],
    ['a folder without documents', 'empty', /empty: no \.json, \.jsonl or \.ndjson file/],
  ])('%s stops the import before anything is read', async (_name, name, message) => {
    const { file, run, write } = workshop();
    mkdirSync(file('empty'));
    const result = await run('import', write('good.jsonl', lines(TEXTS)), file(name));
    expect([result.code, result.stdout]).toEqual([1, '']);
    expect(result.stderr).toMatch(message);
    expect(existsSync(file('data/mirror.db'))).toBe(false);
  });
});

describe('export', () => {
  async function filled() {
    const shop = workshop();
    await shop.run('import', shop.write('in.jsonl', lines(TEXTS)));
    return shop;
  }

  test('and import reproduce the same bytes, plain and compressed', async () => {
    const { file, run } = await filled();
    expect((await run('export', file('out.jsonl'))).stderr).toBe(
      `6 documents written to ${file('out.jsonl')}\n`,
    );
    expect(readFileSync(file('out.jsonl'), 'utf8')).toBe(lines(TEXTS));
    await run('export', file('out.jsonl.gz'));
    expect(gunzipSync(readFileSync(file('out.jsonl.gz'))).toString()).toBe(lines(TEXTS));
    const again = ['--data-dir', file('again')];
    await runCli(['import', file('out.jsonl.gz'), ...again]);
    expect((await runCli(['export', ...again])).stdout).toBe(lines(TEXTS));
  });

  test('accepts a search query as a filter', async () => {
    const { run } = await filled();
    const cats = [TEXTS[1], TEXTS[3], TEXTS[5]] as string[];
    expect((await run('export', '--query', 'cats')).stdout).toBe(lines(cats));
    expect((await run('export', '--query', 'cats', '--to', '2026-02-05', '--tz', 'UTC')).stdout).toBe(
      lines(cats.slice(0, 2)),
    );
    expect((await run('export', '--query', 'nothing like it')).stdout).toBe('');
    expect((await run('export', '--from', 'nonsense')).code).toBe(2);
  });

  test('writes CSV', async () => {
    const { file, run } = await filled();
    await run('export', file('cats.csv'), '--query', 'cats', '--to', '2026-02-03', '--tz', 'UTC');
    expect(readFileSync(file('cats.csv'), 'utf8')).toBe(
      '\ufeffid,created_at,state,action,model,size,seed,prompt,user_id,application_id,image_urls,error_code,error_message,cost_amount,cost_currency,video_urls,video_seconds,video_sizes,video_fps,archived_files,starred,rating,tags,note,hidden\r\n' +
        `${IDS[1]},2026-02-03T02:40:00.000Z,succeeded,generate,flux-dev,1024x1024,7,a cat 1,user-1,,https://img.example/${IDS[1]}.png,,,,,,,,,,,,,,\r\n`,
    );
    expect((await run('export', '--format', 'csv')).stdout.split('\r\n')).toHaveLength(8);
    await run('export', file('all.csv.gz'));
    expect(gunzipSync(readFileSync(file('all.csv.gz'))).toString()).toMatch(/^\ufeffid,created_at/);
  });

  test('replaces a file atomically, keeps its mode, and follows its link; a new file is private', async () => {
    const { file, run, write } = await filled();
    const target = write('real.jsonl', 'old');
    chmodSync(target, 0o640);
    symlinkSync(target, file('link.jsonl'));
    await run('export', file('link.jsonl'));
    expect(readFileSync(target, 'utf8')).toBe(lines(TEXTS));
    expect(statSync(target).mode & 0o777).toBe(0o640);
    await run('export', file('new.jsonl'));
    expect(statSync(file('new.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('writes to a pipe, and never replaces anything but a regular file', async () => {
    const { file, run } = await filled();
    execFileSync('mkfifo', [file('pipe')]);
    const reader = readAll(createReadStream(file('pipe')));
    expect((await run('export', file('pipe'))).code).toBe(0);
    expect(await reader).toBe(lines(TEXTS));
    expect(statSync(file('pipe')).isFIFO()).toBe(true);

    mkdirSync(file('folder'));
    const folder = await run('export', file('folder'));
    expect([folder.code, folder.stderr]).toEqual([
      1,
      `flux-mirror: ${file('folder')}: this is a folder; name a file in it\n`,
    ]);
    expect(existsSync(`${file('folder')}.partial`)).toBe(false);
    const nowhere = await run('export', file('no/such/file.jsonl'));
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      `flux-mirror: ${file('no/such/file.jsonl')}: could not be written (no such file or folder)\n`,
    ]);
  });

  test('to /dev/stdout appends to the file that it is redirected to', async () => {
    const { file } = await filled();
    const env = { ...process.env, ...(await createEngineEnv(file('data'))) };
    writeFileSync(file('all.jsonl'), 'before\n');
    for (const name of ['/dev/stdout', '/dev/fd/1']) {
      const command = `exec "${process.execPath}" "${MAIN}" export ${name} --data-dir "${file('data')}" >> "${file('all.jsonl')}"`;
      execFileSync('sh', ['-c', command], { stdio: 'ignore', env });
    }
    expect(readFileSync(file('all.jsonl'), 'utf8')).toBe(`before\n${lines(TEXTS)}${lines(TEXTS)}`);
  });

  test('reports in one line that standard output is full', async () => {
    const { file } = await filled();
    const env = { ...process.env, ...(await createEngineEnv(file('data'))) };
    const command = `exec "${process.execPath}" "${MAIN}" export --data-dir "${file('data')}" > /dev/full`;
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'], env });
    const [stderr, [code]] = await Promise.all([readAll(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(stderr).toContain("standard output can't be written (the disk is full)");
    expect(stderr).not.toMatch(/\bat .*\.ts:\d/);
  });
});

describe('a row of CSV', () => {
  const row = (options: Parameters<typeof documentText>[0]) => {
    const { id, text, state, createdAtMs } = document(options);
    const task: StoredTask = { id, text, state, createdAtMs, fetchedAtMs: createdAtMs };
    return formatCsvLines([task]);
  };

  test.each([
    ['a, b', '"a, b"'],
    ['say "cat"', '"say ""cat"""'],
    ['two\nlines', '"two\nlines"'],
    ['猫 🐈', '猫 🐈'],
    ['=1+1', "'=1+1"],
    ['+a', "'+a"],
    ['-a', "'-a"],
    ['@a', "'@a"],
    ['\t=1+1', "'\t=1+1"],
    [' =1+1', "' =1+1"],
    ['\n=1+1', `"'\n=1+1"`],
    ['\uff1d1+1', "'\uff1d1+1"],
    ['a =1+1', 'a =1+1'],
  ])('with the prompt %j', (prompt, expected) => {
    expect(row({ id: 'x', prompt })).toContain(`,7,${expected},user-1,`);
  });

  test('has the paths of the archived files', () => {
    const { id, text, state, createdAtMs } = document({ id: 'x', prompt: 'a' });
    const task: StoredTask = { id, text, state, createdAtMs, fetchedAtMs: createdAtMs };
    const files = ['/my data/a.png', '/my data/b.png'];
    expect(formatCsvLines([task], () => ({ files }))).toMatch(
      /,\/my data\/a\.png\|\/my data\/b\.png,,,,,\r\n$/,
    );
    expect(formatCsvLines([task])).toMatch(/,,,,,,\r\n$/);
  });

  test('keeps numbers that begin with a minus', () => {
    const response = { success: true, data: [], cost: { amount: -0.5, currency: '-x' } };
    expect(row({ id: 'x', more: { response } })).toContain(",-0.5,'-x,");
  });

  test('contains the error, or the cost', () => {
    const failed = row({ id: 'x', state: 'failed' });
    expect(failed).toContain(',bad_request,flagged,,,,,,,,,,,,\r\n');
    const response = { success: true, data: [], cost: { amount: 0.5, currency: 'credits' } };
    expect(row({ id: 'x', more: { response } })).toContain(',,,0.5,credits,,,,,,,,,,\r\n');
    expect(row({ id: 'x', more: { response: { success: false, error: 'bare' } } })).toContain(
      ',,bare,,,,,,,,,,,,\r\n',
    );
  });
});

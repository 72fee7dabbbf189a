import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { type CliOptions, runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const [FIRST, SECOND] = VENDOR_IDS;
let directory: string;
let dataDir: string;

beforeEach(() => {
  directory = temporaryDirectory();
  dataDir = join(directory, 'data');
});

const cli = (args: readonly string[], options: CliOptions = {}) =>
  runCli([...args, '--data-dir', dataDir], { cwd: directory, ...options });
const file = (name: string, content: string | Uint8Array) => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};

describe('wrong usage exits with 2', () => {
  test.each([
    [['sreve'], 'serve'],
    [['exprot'], 'export'],
    [['serve', '--prot', '1'], '--port'],
    [['search', 'cat', '--form', '2026'], '--from'],
    [['search'], 'query'],
    [['search', 'cat', '--limit', '0'], 'limit'],
    [['search', 'cat', '--sort', 'random'], 'newest, oldest, relevance'],
    [['search', 'cat', '--tz', 'Mars'], 'time zone'],
    [['search', 'cat', '--from', 'someday'], 'someday'],
    [['get'], 'ids'],
    [['track'], 'ids'],
    [['sync', '--batch-size', '51'], 'from 1 to 50'],
    [['serve', '--host', '0.0.0.0'], 'FLUX_MIRROR_TOKENS'],
  ])('%j names %s', async (args, hint) => {
    const { code, stderr, stdout } = await runCli(args, { cwd: directory });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('an invalid environment setting is reported in one line', async () => {
    const { code, stderr } = await cli(['status'], { env: { FLUX_MIRROR_PORT: 'eighty' } });
    expect([code, stderr]).toEqual([
      2,
      'flux-mirror: FLUX_MIRROR_PORT: "eighty" can\'t be used; allowed: a number from 0 to 65535\n',
    ]);
  });
});

describe('help', () => {
  test('lists every command, and every command has its own help', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    const commands = [
      'serve',
      'demo',
      'track',
      'untrack',
      'sync',
      'get',
      'search',
      'import',
      'export',
      'status',
    ];
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
    const { stdout: serve } = await runCli(['serve', '--help']);
    for (const flag of [
      '--port',
      '--host',
      '--upstream',
      '--sync-cron',
      '--pending-ttl',
      '--data-dir',
      '--offline',
    ]) {
      expect(serve).toContain(flag);
    }
  });

  test('the version is the package’s', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect((await runCli(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('without a database', () => {
  beforeEach(requireSqlite);

  test.each([['status'], ['search', 'cat'], ['get', FIRST as string], ['export']])(
    '%s reports it and fails',
    async (...args) => {
      const { code, stderr } = await cli(args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^flux-mirror: there is no mirror in .*\n$/)]);
    },
  );
});

describe('import and export', () => {
  const lines = [
    ...VENDOR_DOCUMENTS,
    '{"id":"odd","created_at":1736305000.000,"n":1.0,"big":12345678901234567890,"s":"\\u00e9\\u2028\u2028猫","request":{"prompt":"水墨画 \u2028"}}',
    documentText({ id: 'late', createdAt: 1_780_000_000, state: 'pending' }),
  ];

  test('an export followed by an import reproduces the same bytes', async () => {
    const original = file('in.jsonl', `${lines.join('\n')}\n`);
    expect((await cli(['import', original])).code).toBe(0);
    const out = join(directory, 'out.jsonl.gz');
    expect((await cli(['export', out])).code).toBe(0);
    expect(gunzipSync(readFileSync(out)).toString()).toBe(`${lines.join('\n')}\n`);
    expect((await cli(['export'])).stdout).toBe(`${lines.join('\n')}\n`);

    const second = join(directory, 'second');
    expect((await runCli(['import', out, '--data-dir', second])).stdout).toContain('4 new');
    expect((await runCli(['export', '--data-dir', second])).stdout).toBe(`${lines.join('\n')}\n`);
    // An unfinished task that was imported is one that the schedule should look after.
    expect(JSON.parse((await cli(['status', '--json'])).stdout)).toMatchObject({ total: 4, tracked: 2 });
  });

  test('a document that spans lines keeps its bytes too', async () => {
    const indented = JSON.stringify(JSON.parse(VENDOR_DOCUMENTS[0] ?? ''), null, 2);
    const batch = file('batch.json', `{"items":[\n${indented},\n${VENDOR_DOCUMENTS[1]}\n],\n"count":2}`);
    expect((await cli(['import', batch])).code).toBe(0);
    expect((await cli(['get', FIRST as string])).stdout).toBe(`${indented}\n`);
    const exported = (await cli(['export'])).stdout;
    expect(exported.split('\n')).toHaveLength(3);
    const second = join(directory, 'second');
    await runCli(['import', file('again.jsonl', exported), '--data-dir', second]);
    expect((await runCli(['get', FIRST as string, '--data-dir', second])).stdout).toBe(`${indented}\n`);
  });

  test.each([
    ['an array', `[${VENDOR_DOCUMENTS.join(', ')}]`],
    ['a list answer', `{"items":[${VENDOR_DOCUMENTS.join(',')}],"count":2}`],
    ['lines with CR', `${VENDOR_DOCUMENTS.join('\r\n')}\r\n`],
    ['lines with a byte order mark', `\ufeff${VENDOR_DOCUMENTS.join('\n')}`],
    ['gzip under any name', gzipSync(VENDOR_DOCUMENTS.join('\n'))],
  ])('reads %s', async (_name, content) => {
    expect((await cli(['import', file('x.dat', content)])).code).toBe(0);
    expect((await cli(['get', FIRST as string, SECOND as string])).stdout).toBe(
      `${VENDOR_DOCUMENTS.join('\n')}\n`,
    );
  });

  test('reads standard input', async () => {
    const { code, stdout } = await cli(['import', '-'], { input: VENDOR_DOCUMENTS.join('\n') });
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 new')]);
  });

  test('a malformed line is reported with its number, and the rest is imported', async () => {
    const bad = file(
      'bad.jsonl',
      Buffer.concat([
        Buffer.from(`${VENDOR_DOCUMENTS[0]}\n{"id":\n\n{"noid":1}\n7\n`),
        Buffer.from([0xff, 0x0a]),
        Buffer.from(`${VENDOR_DOCUMENTS[1]}`),
      ]),
    );
    const { code, stderr, stdout } = await cli(['import', bad]);
    expect(code).toBe(1);
    for (const line of [2, 4, 5, 6]) expect(stderr).toMatch(new RegExp(`bad\\.jsonl:${line}: `));
    expect(stderr).not.toMatch(/bad\.jsonl:(1|3|7): /);
    expect(stdout).toContain('2 new');
    expect((await cli(['get', SECOND as string])).code).toBe(0);
  });

  test('a truncated gzip file fails, and the documents before the cut are imported', async () => {
    const whole = gzipSync(
      numberedIds(5000)
        .map((id) => documentText({ id }))
        .join('\n'),
    );
    const { code } = await cli(['import', file('cut.gz', whole.subarray(0, whole.length - 2000))]);
    expect(code).toBe(1);
    expect(JSON.parse((await cli(['status', '--json'])).stdout)).toMatchObject({ total: expect.any(Number) });
  });

  test('a missing file fails with one line', async () => {
    const { code, stderr } = await cli(['import', join(directory, 'nothing.jsonl')]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^flux-mirror: .*nothing\.jsonl.*\n$/)]);
  });
});

describe('track', () => {
  test('reads ids from arguments, lines, text and JSON, and reports how many were new', async () => {
    const [a, b, c] = numberedIds(3);
    expect((await cli(['track', a, b])).stdout).toBe('2 new ids tracked, 0 known already\n');
    const list = file('ids.txt', `# mine\n${a}\n\nsee https://x.example/${c}?x\n`);
    expect((await cli(['track', '-f', list])).stdout).toBe('1 new id tracked, 1 known already\n');
    const json = JSON.stringify({ tasks: [{ id: a }, { task_id: b }] });
    expect((await cli(['track', '-f', '-'], { input: json })).stdout).toBe(
      '0 new ids tracked, 2 known already\n',
    );
    const untracked = await cli(['untrack', a, 'never-tracked']);
    expect([untracked.code, untracked.stdout]).toEqual([1, '1 id untracked\n']);
  });

  test('takes the tasks of JSON and whatever is in free text, and says in one line what it found', async () => {
    const [a, b, user] = numberedIds(3) as [string, string, string];
    const answer = `{"success":true,"task_id":"${a}","trace_id":"${user}"}`;
    const fromJson = await cli(['track', '-f', file('answers.json', answer + answer)]);
    expect(fromJson).toMatchObject({ code: 0, stdout: '1 new id tracked, 0 known already\n', stderr: '' });
    const text = `Hello,\n\nthe tasks ${a} and\n${b}\nare done.\n`;
    const fromText = await cli(['track', '-f', file('mail.txt', text)]);
    expect(fromText).toMatchObject({ code: 0, stdout: '1 new id tracked, 1 known already\n', stderr: '' });
    const none = await cli(['track', '-f', file('other.txt', 'Hello,\nno ids here.\n')]);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/other\.txt: no task id found\n$/) });
    const missing = await cli(['track', '-f', join(directory, 'nothing.txt')]);
    expect(missing.stderr).toMatch(/nothing\.txt: no such file or folder; nothing was tracked\n$/);
  });

  test('a line without an id is reported with its number, and the rest is tracked', async () => {
    const [a, b] = numberedIds(2);
    const { code, stdout, stderr } = await cli([
      'track',
      '-f',
      file('ids.txt', `${a}\nnonsense\n${b}\n`),
      '--json',
    ]);
    expect([code, JSON.parse(stdout).added]).toEqual([1, 2]);
    expect(stderr).toMatch(/ids\.txt:2: /);
  });
});

describe('search', () => {
  test('supports the full query syntax, pages, and machine-readable fields', async () => {
    const prompts = Array.from({ length: 1100 }, (_, at) =>
      at % 10 === 0 ? `a red\tcat ${at}` : 'a blue dog',
    );
    const lines = prompts.map((prompt, at) =>
      documentText({ id: numberedIds(1100)[at] ?? '', prompt, createdAt: 1_770_000_000 + at }),
    );
    await cli(['import', file('many.jsonl', lines.join('\n'))]);

    const all = await cli(['search', 'red cat OR dog -blue', '--all']);
    expect(all.stdout.trim().split('\n')).toHaveLength(110);
    expect(all.stdout.split('\n')[0]).toMatch(
      /^2026-02-02T02:58:10\.000Z\t[\w-]{36}\tsucceeded\tflux-dev\ta red cat 1090$/,
    );
    expect(all.stderr).toBe('110 hits\n');
    const dogs = await cli(['search', 'dog', '--all', '--sort', 'oldest']);
    expect(dogs.stdout.trim().split('\n')).toHaveLength(990);
    const groups = JSON.parse((await cli(['search', 'dog', '--group', '--json'])).stdout);
    expect(groups).toMatchObject({ total: 1, items: [{ group: { count: 990 } }] });
    const noted = await cli(['search', 'cat before:yesterdayish', '--exact']);
    expect(noted.stderr).toMatch(/before:yesterdayish is not a date[^\n]*\n(without .*\n)*0 hits\n$/);
  });

  test('shows the best matches first, folded, and lets close ones follow', async () => {
    const prompts = [
      'a red cat in the snow',
      'a red cat',
      'a red cat',
      'the dog',
      'oil painting of a castle',
    ];
    const lines = prompts.map((prompt, at) =>
      documentText({ id: numberedIds(9)[at] ?? '', prompt, createdAt: 1_760_000_000 + at }),
    );
    await cli(['import', file('few.jsonl', lines.join('\n'))]);

    const best = await cli(['search', 'the red cat']);
    const found = best.stdout.split('\n').map((line) => line.split('\t')[4]);
    expect(found).toEqual(['a red cat', 'a red cat in the snow', undefined]);

    const close = await cli(['search', 'caat', 'snow']);
    expect(close.stdout).toContain('a red cat in the snow');
    expect(close.stderr).toContain('did you mean: cat snow (1 hit)');
    expect(close.stderr).toMatch(/0 hits, and 2 close matches; --exact leaves them out\n$/);
    expect((await cli(['search', 'caat', 'snow', '--exact'])).stdout).toBe('');

    const explained = await cli(['search', 'oilpainting', '--explain']);
    expect(explained.stderr).toMatch(/word oilpainting: oil painting \d/);
    expect(explained.stdout).toMatch(/ {4}close, [\d.]+: \(oil painting [\d.]+ \+ nearness/);

    const json = JSON.parse((await cli(['search', 'caat', '--json'])).stdout);
    expect(json.items[0]).toMatchObject({
      match: 'close',
      missing: [],
      corrected: [{ from: 'caat', to: 'cat' }],
    });
  });
});

describe('sync, get, search, status', () => {
  test('follow an id from tracking to its result', async () => {
    const simulator = await startSimulator({ token: 't' });
    try {
      simulator.seed(VENDOR_DOCUMENTS);
      const env = { ACEDATACLOUD_API_TOKEN: 't', ACEDATACLOUD_API_BASE_URL: simulator.url };
      await cli(['track', ...VENDOR_IDS, ...numberedIds(1)]);
      const sync = await cli(['sync', '--json'], { env });
      expect(sync.code).toBe(0);
      expect(JSON.parse(sync.stdout)).toMatchObject({
        outcome: 'done',
        claimed: 3,
        finished: 2,
        unknown: 1,
        requests: 1,
      });
    } finally {
      await simulator.stop();
    }
    expect((await cli(['get', FIRST as string, 'nobody'])).stdout).toBe(`${VENDOR_DOCUMENTS[0]}\n`);
    const found = JSON.parse(
      (await cli(['search', 'siamese', 'cat', '--to', '2025-01', '--no-group', '--sort', 'newest', '--json']))
        .stdout,
    );
    expect(found).toMatchObject({
      total: 2,
      items: [
        {
          id: SECOND,
          highlights: [
            [8, 15],
            [16, 19],
          ],
        },
        { id: FIRST },
      ],
    });
    expect((await cli(['search', 'cat', '--from', '2025-02'])).stdout).toBe('');
    expect((await cli(['search', 'siamese'])).stdout).toContain('a white siamese cat');
    const status = await cli(['status']);
    expect(status.stdout).toMatch(/2 succeeded/);
    expect(status.stdout).toContain('does not know this id');
  });

  test('a sync that can’t reach the upstream fails and reports why', async () => {
    await cli(['track', ...VENDOR_IDS]);
    const env = { ACEDATACLOUD_API_TOKEN: 't', ACEDATACLOUD_API_BASE_URL: 'http://127.0.0.1:9' };
    const { code, stderr } = await cli(['sync'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/can't be reached|unreachable/);
  });
});

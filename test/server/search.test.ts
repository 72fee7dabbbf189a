import { describe, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

interface Answer {
  items: {
    id: string;
    prompt: string;
    highlights: [number, number][];
    group?: { count: number; tasks: { id: string }[] };
  }[];
  next_cursor: string | null;
  total: number;
  notes: string[];
  ranked: string | null;
}

const IDS = numberedIds(8);
const TASKS = [
  { prompt: 'a red cat', model: 'flux-dev', createdAt: Date.UTC(2025, 0, 31, 17) },
  { prompt: 'a red cat', model: 'flux-pro', createdAt: Date.UTC(2025, 1, 1) },
  { prompt: 'a blue dog', model: 'Flux-Dev', createdAt: Date.UTC(2025, 1, 15), state: 'failed' as const },
  { prompt: '一只白色的暹罗猫', model: 'flux-dev', createdAt: Date.UTC(2025, 2, 1) },
  { prompt: 'running cats, CAFÉ', model: 'flux-dev', createdAt: Date.UTC(2025, 3, 1) },
];

async function withTasks(): Promise<TestMirror & { search: (query: string) => Promise<Answer> }> {
  const it = await startTestMirror();
  it.simulator.seed(
    TASKS.map((task, at) => documentText({ ...task, id: IDS[at] ?? '', createdAt: task.createdAt / 1000 })),
  );
  await it.post({ action: 'retrieve_batch', limit: 1000 });
  return Object.assign(it, {
    search: async (query: string) =>
      (await (
        await it.get(`/api/search?${query}${query.includes('tz=') ? '' : '&tz=UTC'}`)
      ).json()) as Answer,
  });
}

const found = ({ items }: Answer) => items.map(({ id }) => IDS.indexOf(id as never));

describe('GET /api/search', () => {
  test('returns hits with all list fields', async () => {
    const { search } = await withTasks();
    expect(await search('q=runni*')).toEqual({
      items: [
        {
          id: IDS[4],
          created_at: '2025-04-01T00:00:00.000Z',
          state: 'succeeded',
          action: 'generate',
          model: 'flux-dev',
          size: '1024x1024',
          seed: 7,
          user_id: 'user-1',
          application_id: null,
          prompt: 'running cats, CAFÉ',
          highlights: [[0, 7]],
          match: 'exact',
          images: [{ url: `https://img.example/${IDS[4]}.png`, local: null }],
          videos: [],
        },
      ],
      next_cursor: null,
      total: 1,
      total_is_exact: true,
      ranked: null,
      optional_words: [],
      close_total: null,
      notes: [],
      understood: [],
      did_you_mean: [],
      without: [],
      values: [],
      took_ms: expect.any(Number),
    });
  });

  const QUESTIONS: readonly (readonly [query: string, found: readonly number[]])[] = [
    ['q=cat', [4, 1, 0]],
    ['q=cat&sort=oldest', [0, 1, 4]],
    ['q=cat -red', [4]],
    ['q=model:flux-dev', [4, 3, 2, 0]],
    ['model=flux-dev', [4, 3, 2, 0]],
    ['model=flux-pro,none&q=cat', [1]],
    ['q=-model:flux-dev', [1]],
    ['state=failed', [2]],
    ['seed=7&q=暹罗', [3]],
    [`id=${IDS[3]}`, [3]],
    ['q=id:00000000*&limit=2', [4, 3]],
    ['on=2025-02', [2, 1]],
    ['q=on:2025-02&tz=Asia/Shanghai', [2, 1, 0]],
    ['from=2025-02&to=2025-03', [3, 2, 1]],
    ['after=2025-03&before=2025-04', [3]],
    ['q=cafe OR 猫', [4, 3]],
    ['user_id=user-1&q=dog', [2]],
    ['user_id=nobody', []],
    ['q=白色的暹罗猫', [3]],
    ['q=猫罗', []],
  ];
  test('finds by words, operators, parameters and dates', async () => {
    const { search } = await withTasks();
    for (const [query, expected] of QUESTIONS) expect(found(await search(query)), query).toEqual(expected);
  });

  test('reports what it did not understand', async () => {
    const { search } = await withTasks();
    expect((await search('q=before:someday')).notes).toEqual([expect.stringContaining('before:someday')]);
    const { notes } = await search('q=cat&before=someday&seed=x');
    expect(notes).toHaveLength(2);
    for (const note of notes) expect(note).toContain('was left out');
  });

  test('quotes what it did not understand verbatim', async () => {
    const { search } = await withTasks();
    expect((await search('seed=was taken as text')).notes).toEqual([
      'seed:was taken as text is not a whole number, and was left out',
    ]);
  });

  test('by relevance without words returns the newest first', async () => {
    const { search } = await withTasks();
    expect(found(await search('sort=relevance'))).toEqual(found(await search('sort=newest')));
  });

  test('groups equal prompts', async () => {
    const { search } = await withTasks();
    const answer = await search('q=red&group=prompt');
    expect(answer.total).toBe(1);
    expect(answer.items[0]?.group).toMatchObject({ count: 2, tasks: [{ id: IDS[1] }, { id: IDS[0] }] });
    expect((await search('q=red&group=prompt&model=flux-dev')).items[0]?.group?.count).toBe(1);
  });

  test('continues paging across a restart', async () => {
    const it = await withTasks();
    for (const sort of ['newest', 'oldest', 'relevance']) {
      const first = await it.search(`q=cat&limit=2&sort=${sort}`);
      await it.restart();
      const second = await it.search(`q=cat&limit=2&sort=${sort}&cursor=${first.next_cursor}`);
      expect([...found(first), ...found(second)].sort()).toEqual([0, 1, 4]);
      expect(second.next_cursor).toBeNull();
    }
    const { next_cursor } = await it.search('q=cat&limit=1');
    expect((await it.get(`/api/search?sort=oldest&cursor=${next_cursor}`)).status).toBe(400);
  });

  test('finds new tasks immediately, and no deleted ones', async () => {
    const { simulator, post, search } = await withTasks();
    const id = simulator.addTask({ prompt: 'a zebra', durationMs: 0 });
    expect((await search('q=zebra')).total).toBe(0);
    await post({ action: 'retrieve', id });
    expect((await search('q=zebra')).total).toBe(1);
    await post({ action: 'delete', id });
    expect((await search('q=zebra')).total).toBe(0);
  });
});

test('GET /api/facets counts what the same query finds', async () => {
  const { get } = await withTasks();
  const facets = async (query: string) =>
    (await (await get(`/api/facets?${query}`)).json()) as Record<string, unknown>;
  expect(await facets('q=cat&tz=UTC')).toMatchObject({
    total: 3,
    model: [
      { value: 'flux-dev', count: 2 },
      { value: 'flux-pro', count: 1 },
    ],
    state: [{ value: 'succeeded', count: 3 }],
    histogram: {
      by: 'month',
      items: [
        { period: '2025-01', from: '2025-01-01T00:00:00.000Z', count: 1 },
        { period: '2025-02', count: 1 },
        { period: '2025-04', count: 1 },
      ],
    },
  });
  const shanghai = (await facets('q=cat&tz=Asia/Shanghai&by=day')).histogram as { items: unknown[] };
  expect(shanghai.items[0]).toEqual({ period: '2025-02-01', from: '2025-01-31T16:00:00.000Z', count: 2 });
  expect(await facets('q=cat&user_id=user-1&from=2025-02&tz=UTC')).toMatchObject({ total: 2 });
  expect(await facets('user_id=nobody')).toMatchObject({ total: 0 });
  expect(await facets('q=nothing')).toMatchObject({ total: 0, model: [], histogram: { items: [] } });
  expect(await facets('tz=UTC')).toMatchObject({ counted_at: expect.stringMatching(/^2.*Z$/) });
});

test('GET /api/suggest completes the last word from the words of stored prompts, most frequent first', async () => {
  const { get, post, simulator } = await withTasks();
  const suggest = async (q: string) =>
    ((await (await get(`/api/suggest?q=${encodeURIComponent(q)}`)).json()) as { items: unknown[] }).items;
  expect(await suggest('blue ca')).toEqual([
    { word: 'cat', uses: 2, query: 'blue cat' },
    { word: 'cafe', uses: 1, query: 'blue cafe' },
    { word: 'cats', uses: 1, query: 'blue cats' },
  ]);
  expect([await suggest('cat '), await suggest(''), await suggest('猫'), await suggest('%')]).toEqual([
    [],
    [],
    [],
    [],
  ]);
  expect(await suggest('model:ca')).toEqual([]); // of the values of operators, words know nothing
  const id = simulator.addTask({ prompt: 'caramel', durationMs: 0 });
  await post({ action: 'retrieve', id });
  expect(await suggest('CAR')).toEqual([{ word: 'caramel', uses: 1, query: 'caramel' }]);
});

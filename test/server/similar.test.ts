/** `GET /api/tasks/:id/similar`. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../src/task/document.ts';
import { similarTasksSchema } from '../../src/views/search-schema.ts';
import { addToken } from '../helpers/access-token.ts';
import { type DocumentOptions, document, documentText } from '../helpers/documents.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const SOURCE = 'aaaaaa00-0000-4000-8000-000000000000';
const LONG_AGO = Date.UTC(2024, 0, 1) / 1000;
const OFFLINE = { offline: 'true' };

async function store(here: TestMirror, tasks: readonly DocumentOptions[]) {
  await here.store.storeDocuments({
    documents: tasks.map((task) => document(task)),
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: here.clock.now(),
  });
}

async function findSimilar(here: TestMirror, query = '', id = SOURCE, headers = {}) {
  const answer = await here.get(`/api/tasks/${id}/similar?${query}`, headers);
  expect(answer.status).toBe(200);
  return similarTasksSchema.parse(await answer.json());
}

describe('real prompts', () => {
  const ENGLISH =
    'A picture of a wooden lighthouse on a cliff above the stormy sea, with a small boat in the foreground, oil painting';
  const POSTER =
    'Vintage travel poster of the Matterhorn at dawn, an alpine village below, screen print in faded colors';
  const NEAR_DUPLICATES = [
    ['English', ENGLISH, ENGLISH.replace('wooden', 'marble')],
    ['English with a word more', POSTER, `${POSTER}, detailed`],
    [
      'Chinese',
      '一只白色的暹罗猫坐在窗台上，窗外是下着雪的城市夜景，霓虹灯倒映在玻璃上，电影感光影',
      '一只黑色的暹罗猫坐在窗台上，窗外是下着雪的城市夜景，霓虹灯倒映在玻璃上，电影感光影',
    ],
    [
      'traditional and simplified Chinese',
      '賽博龐克風格的街道，霓虹燈閃爍，雨水倒映著高樓大廈',
      '赛博朋克风格的街道，霓虹灯闪烁，雨水倒映着高楼大厦，夜晚',
    ],
    [
      'Japanese',
      '雪の降る夜の京都の路地を歩く着物姿の女性、提灯の明かり、浮世絵風の柔らかい色合い',
      '雪の降る朝の京都の路地を歩く着物姿の女性、提灯の明かり、浮世絵風の柔らかい色合い',
    ],
    [
      'Korean',
      '눈이 내리는 밤 서울의 골목길을 걷는 한복을 입은 여인, 등불, 수채화 느낌의 부드러운 색감',
      '눈이 내리는 아침 서울의 골목길을 걷는 한복을 입은 여인, 등불, 수채화 느낌의 부드러운 색감',
    ],
  ] as const;

  test('near-duplicates from long ago are found behind thousands of newer prompts', async () => {
    const here = await startTestMirror(OFFLINE);
    const ids = NEAR_DUPLICATES.map(() => [randomUUID(), randomUUID()] as const);
    await store(
      here,
      NEAR_DUPLICATES.flatMap(([, one, other], at) => [
        { id: ids[at]?.[0] ?? '', prompt: one, createdAt: LONG_AGO },
        { id: ids[at]?.[1] ?? '', prompt: other, createdAt: LONG_AGO + 1 },
      ]),
    );
    const prompts = readPrompts();
    const variants = ['', ', oil painting', ', with a small boat', ', in the foreground'];
    await store(
      here,
      variants.flatMap((end) => prompts.map((prompt) => ({ prompt: `${prompt}${end}` }))),
    );
    for (const [at, [name]] of NEAR_DUPLICATES.entries()) {
      const { items, weighed } = await findSimilar(here, '', ids[at]?.[0]);
      expect([items[0]?.id, name]).toEqual([ids[at]?.[1], name]);
      expect(items[0]?.similarity, name).toBeGreaterThan(0.75);
      expect(items[1]?.similarity ?? 0, name).toBeLessThan(0.4);
      expect(items[0]?.shared.length, name).toBeGreaterThan(3);
      expect(weighed).toBeLessThanOrEqual(1000);
      const similarities = items.map(({ similarity }) => similarity);
      expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
      expect((await findSimilar(here, '', ids[at]?.[0])).items).toEqual(items);
    }
  });
});

describe('an item', () => {
  test('is a hit with its similarity and the rarest shared words first', async () => {
    const here = await startTestMirror(OFFLINE);
    const other = randomUUID();
    await store(here, [
      { id: SOURCE, prompt: 'The red cat and a Zeppelin' },
      { id: other, prompt: 'a red zeppelin and the dog' },
      ...Array.from({ length: 30 }, (_, at) => ({ prompt: `a red house number ${at}` })),
    ]);
    const { items, weighed } = await findSimilar(here);
    expect(weighed).toBe(31);
    expect(items[0]).toEqual({
      id: other,
      created_at: '2026-03-13T11:06:40.000Z',
      state: 'succeeded',
      action: 'generate',
      model: 'flux-dev',
      size: '1024x1024',
      seed: 7,
      user_id: 'user-1',
      application_id: null,
      prompt: 'a red zeppelin and the dog',
      highlights: [
        [2, 5],
        [6, 14],
      ],
      images: [{ url: `https://img.example/${other}.png`, local: null }],
      videos: [],
      group: {
        count: 1,
        tasks: [{ id: other, state: 'succeeded', created_at: '2026-03-13T11:06:40.000Z' }],
      },
      similarity: expect.closeTo(0.61, 1),
      shared: ['Zeppelin', 'red'],
    });
  });

  test('of the very same prompt is first and one, without the task itself', async () => {
    const here = await startTestMirror(OFFLINE);
    const runs = Array.from({ length: 3 }, () => randomUUID());
    const others = Array.from({ length: 2 }, () => randomUUID());
    await store(here, [
      { id: SOURCE, prompt: 'a lighthouse in a storm', createdAt: LONG_AGO + 50 },
      ...runs.map((id, at) => ({ id, prompt: 'a lighthouse in a storm', createdAt: LONG_AGO + at })),
      ...others.map((id, at) => ({ id, prompt: 'a lighthouse in the storm', createdAt: LONG_AGO + 90 + at })),
    ]);
    const [r0, r1, r2] = runs;
    const [o0, o1] = others;
    const folded = await findSimilar(here);
    expect(folded.items.map(({ id, group }) => [id, group?.count])).toEqual([
      [r2, 3],
      [o1, 2],
    ]);
    expect(folded.items[0]?.similarity).toBe(1);
    expect(folded.items[0]?.group?.tasks.map(({ id }) => id)).toEqual([r2, r1, r0]);
    expect(folded.weighed).toBe(1);

    const single = await findSimilar(here, 'group=none');
    expect(single.items.map(({ id }) => id)).toEqual([r2, r1, r0, o1, o0]);
    expect(single.items.every(({ group }) => group === undefined)).toBe(true);
    expect((await findSimilar(here, 'group=none&limit=4')).items.map(({ id }) => id)).toEqual([
      r2,
      r1,
      r0,
      o1,
    ]);
  });

  test('may be a task that is not answered yet, and so may the task in the path', async () => {
    const here = await startTestMirror(OFFLINE);
    const [one, two] = [randomUUID(), randomUUID()];
    for (const id of [one, two]) {
      const task = parseDocument(
        documentText({ id, prompt: 'a lighthouse in a storm', state: 'pending' }),
        1,
      );
      await here.store.addPlaceholder(task, { nowMs: 1, dueAtMs: 2 });
    }
    expect((await findSimilar(here, '', one)).items.map(({ id }) => id)).toEqual([two]);
  });
});

describe('parameters', () => {
  test('restrict the tasks as in a search', async () => {
    const here = await startTestMirror(OFFLINE);
    const ids: string[] = Array.from({ length: 4 }, () => randomUUID());
    const prompt = 'a lighthouse in a storm';
    await store(here, [
      { id: SOURCE, prompt },
      { id: ids[0] ?? '', prompt, model: 'flux-pro' },
      { id: ids[1] ?? '', prompt: `${prompt} at night`, state: 'failed' },
      { id: ids[2] ?? '', prompt: `${prompt} at dawn`, userId: 'user-2' },
      { id: ids[3] ?? '', prompt: `${prompt} at noon`, createdAt: LONG_AGO },
    ]);
    const found = async (query: string) => {
      const { items, notes } = await findSimilar(here, query);
      return [items.map(({ id }) => ids.indexOf(id)).sort(), notes.length];
    };
    expect(await found('')).toEqual([[0, 1, 2, 3], 0]);
    expect(await found('model=flux-pro')).toEqual([[0], 0]);
    expect(await found('state=failed,pending')).toEqual([[1], 0]);
    expect(await found('user_id=user-2')).toEqual([[2], 0]);
    expect(await found('to=2024')).toEqual([[3], 0]);
    expect(await found('from=2025&state=succeeded')).toEqual([[0, 2], 0]);
    expect(await found('limit=1')).toEqual([[0], 0]);
    expect(await found('q=night&seed=x')).toEqual([[0, 1, 2, 3], 2]);
  });

  test.each(['limit=0', 'limit=101', 'group=model', 'from=never', 'state=lost'])(
    '%s is 400',
    async (query) => {
      const here = await startTestMirror(OFFLINE);
      await store(here, [{ id: SOURCE }]);
      expect((await here.get(`/api/tasks/${SOURCE}/similar?${query}`)).status).toBe(400);
    },
  );

  test('the id may be a beginning; unknown is 404, ambiguous 409', async () => {
    const here = await startTestMirror(OFFLINE);
    const prompt = 'a lighthouse';
    await store(here, [
      { id: SOURCE, prompt },
      { id: SOURCE.replace('aaaaaa00', 'aaaaaa01'), prompt },
      { id: 'bbbbbb00', prompt },
    ]);
    expect((await findSimilar(here, '', 'aaaaaa00')).items).toHaveLength(1);
    for (const [id, status] of [
      ['aaaaaa', 409],
      ['aaaaa', 404],
      ['cccccc', 404],
    ] as const)
      expect((await here.get(`/api/tasks/${id}/similar`)).status).toBe(status);
    const { error } = (await (await here.get('/api/tasks/aaaaaa/similar')).json()) as {
      error: { candidates: string[] };
    };
    expect(error.candidates).toHaveLength(2);
  });
});

test('a prompt without words has no similar ones but its own runs; an empty one has none', async () => {
  const here = await startTestMirror(OFFLINE);
  await store(here, [
    { id: SOURCE, prompt: '' },
    { id: 'empty-2', prompt: '' },
    { id: 'marks-1', prompt: '?!' },
    { id: 'marks-2', prompt: '?!' },
    { prompt: 'a cat' },
  ]);
  expect(await findSimilar(here)).toMatchObject({ items: [], weighed: 0 });
  const marks = await findSimilar(here, '', 'marks-1');
  expect(marks).toMatchObject({ items: [{ id: 'marks-2', similarity: 1, shared: [] }], weighed: 0 });
});

test.each([
  ['Korean without spaces', '고양이가'.repeat(5000)],
  ['emoji', '😀😃😄'.repeat(5000)],
  ['particles', '的'.repeat(30_000)],
  ['different words', Array.from({ length: 15_000 }, (_, at) => `w${at}`).join(' ')],
])('a long prompt of %s is compared', async (_, prompt) => {
  const here = await startTestMirror(OFFLINE);
  await store(here, [
    { id: SOURCE, prompt },
    ...Array.from({ length: 50 }, (_, at) => ({ prompt: `${prompt} ${at}` })),
  ]);
  const { items } = await findSimilar(here);
  expect(items).toHaveLength(20);
  expect(items[0]?.similarity).toBeGreaterThan(0.4);
});

test('a token with limits sees and counts its own tasks only', async () => {
  const here = await startTestMirror(OFFLINE);
  const mine = await addToken(here, { limits: { userIds: ['me'] } });
  const own = { userId: 'me' };
  await store(here, [
    { ...own, id: SOURCE, prompt: 'a red lighthouse in a storm' },
    { ...own, id: 'mine-2', prompt: 'a red lighthouse in a storm' },
    { ...own, id: 'mine-3', prompt: 'a red house in a storm' },
    ...Array.from({ length: 20 }, (_, at) => ({ ...own, prompt: `a red thing ${at}` })),
  ]);
  const before = await findSimilar(here, '', SOURCE, mine);
  await store(here, [
    { userId: 'them', id: 'theirs-1', prompt: 'a red lighthouse in a storm' },
    { userId: 'them', id: 'aaaaaa99', prompt: 'a red lighthouse in the storm' },
    ...Array.from({ length: 200 }, (_, at) => ({ userId: 'them', prompt: `a lighthouse storm ${at}` })),
  ]);
  const after = await findSimilar(here, '', SOURCE, mine);
  expect({ ...after, took_ms: 0 }).toEqual({ ...before, took_ms: 0 });
  expect(after.items[0]?.group?.count).toBe(1);
  expect((await findSimilar(here, '', 'aaaaaa', mine)).items).toEqual(after.items);
  for (const id of ['theirs-1', 'aaaaaa99', 'unknown']) {
    const answer = await here.get(`/api/tasks/${id}/similar`, mine);
    const { error } = (await answer.json()) as { error: object };
    expect([answer.status, error]).toEqual([
      404,
      { code: 'not_found', message: 'there is no such task for this token' },
    ]);
  }
});

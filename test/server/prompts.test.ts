/** Distinct prompts, their edits, and chains of edited pictures, by HTTP. */
import { describe, expect, test } from 'vitest';
import type { PromptEdits, PromptList } from '../../src/views/prompts-schema.ts';
import { addToken } from '../helpers/access-token.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const IDS = numberedIds(12);
const id = (at: number) => String(IDS[at]);
const DAY_S = 86_400;
const START_S = Date.UTC(2026, 2, 1) / 1000;
const iso = (day: number) => new Date((START_S + day * DAY_S) * 1000).toISOString();

/** Stores tasks, one a day. */
async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one, at) => document({ id: id(at), createdAt: START_S + at * DAY_S, ...one })),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

async function read<Body>(here: TestMirror, path: string, headers?: Record<string, string>): Promise<Body> {
  const answer = await here.get(path, headers);
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as Body;
}

const rate = (here: TestMirror, at: number, rating: number) =>
  here.store.mark([{ id: IDS[at] as never, change: { rating } }], { nowMs: 1 });

describe('the distinct prompts', () => {
  async function startWithPrompts(): Promise<TestMirror> {
    const here = await startTestMirror();
    await put(
      here,
      { prompt: 'a cat', model: 'flux-dev' },
      { prompt: 'a dog', model: 'flux-dev' },
      { prompt: 'a cat', model: 'flux-pro' },
      { prompt: 'a cat', model: 'flux-pro', userId: 'other' },
      { prompt: 'a cat', model: 'flux-dev' },
    );
    await rate(here, 0, 4);
    await rate(here, 2, 5);
    await rate(here, 3, 5);
    await here.store.mark([{ id: IDS[4] as never, change: { hidden: true } }], { nowMs: 1 });
    return here;
  }

  test('say how often, when and with which models they were used, and what is best rated', async () => {
    const here = await startWithPrompts();
    const { items, total } = await read<PromptList>(here, '/api/prompts?tz=UTC');
    expect(total).toBe(2);
    expect(items).toMatchObject([
      {
        prompt: 'a cat',
        highlights: [],
        task: { id: id(3), prompt: 'a cat' },
        count: 3,
        first_used_at: iso(0),
        last_used_at: iso(3),
        models: [
          { value: 'flux-pro', count: 2 },
          { value: 'flux-dev', count: 1 },
        ],
        best: { id: id(3), rating: 5 },
      },
      { task: { id: id(1) }, count: 1, first_used_at: iso(1), last_used_at: iso(1), best: null },
    ]);
  });

  test('are those of the tasks that match, and that the caller may see', async () => {
    const here = await startWithPrompts();
    const find = async (query: string, headers?: Record<string, string>) =>
      (await read<PromptList>(here, `/api/prompts?${query}`, headers)).items;
    expect(await find('q=model:flux-dev+cat')).toMatchObject([
      { count: 1, last_used_at: iso(0), models: [{ value: 'flux-dev' }], best: { id: id(0), rating: 4 } },
    ]);
    expect(await find('q=is:hidden')).toMatchObject([{ task: { id: id(4) }, count: 1, best: null }]);
    const mine = await addToken(here, { limits: { userIds: ['other'] } });
    expect(await find('', mine)).toMatchObject([{ count: 1, first_used_at: iso(3) }]);
  });

  test('are whole, however long, with what matches in them', async () => {
    const here = await startTestMirror();
    const prompt = `${'many words and '.repeat(100)}a cat`;
    await put(here, { prompt });
    const { items } = await read<PromptList>(here, '/api/prompts?q=cat');
    expect(items).toMatchObject([{ prompt, highlights: [[prompt.length - 3, prompt.length]] }]);
  });

  test('show the newest picture that there is, of the tasks that the caller may see', async () => {
    const host = await imageHost();
    host.serve('/1', await picture('png'));
    const here = await startTestMirror({ imageAllowHosts: host.host });
    const [first, second] = [IDS[0] as never, IDS[1] as never];
    for (const [at, task] of [first, second].entries())
      await storeTaskWithImages(here, task, [`${host.url}/1`], {
        ...{ prompt: 'a cat', createdAt: START_S + at, userId: at === 0 ? 'me' : 'other' },
      });
    await here.mirror.archiver.run();
    const later = { prompt: 'a cat', createdAt: START_S + DAY_S };
    await put(here, { ...later, id: id(2) }, { ...later, id: id(3), state: 'failed', userId: 'me' });
    const find = async (query: string, headers?: Record<string, string>) =>
      (await read<PromptList>(here, `/api/prompts?${query}`, headers)).items;
    expect(await find('')).toMatchObject([
      { count: 4, last_used_at: iso(1), task: { id: id(1), sha256: expect.any(String) } },
    ]);
    // None of these has a picture: one that has succeeded is most like one.
    expect(await find('from=2026-03-02&tz=UTC')).toMatchObject([{ count: 2, task: { id: id(2) } }]);
    expect(await find('q=state:failed')).toMatchObject([{ count: 1, task: { id: id(3) } }]);
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    expect(await find('', mine)).toMatchObject([{ count: 2, task: { id: id(0) } }]);
  });

  test('come in pages, in every order', async () => {
    const here = await startTestMirror();
    await put(here, ...Array.from({ length: 7 }, (_, at) => ({ prompt: `a cat ${at % 5}` })));
    for (const sort of ['newest', 'oldest', 'relevance']) {
      const seen: string[] = [];
      for (let cursor = ''; ; ) {
        const page = await read<PromptList>(here, `/api/prompts?q=cat&limit=2&sort=${sort}&cursor=${cursor}`);
        seen.push(...page.items.map(({ task }) => task.prompt));
        if (page.next_cursor === null) break;
        cursor = page.next_cursor;
      }
      expect(seen.length, sort).toBe(5);
      expect(new Set(seen).size, sort).toBe(5);
    }
    for (const query of ['sort=best', 'limit=0', 'cursor=x'])
      expect((await here.get(`/api/prompts?${query}`)).status, query).toBe(400);
  });
});

describe('the edits of a prompt', () => {
  test('are told with what was changed, one level at a time', async () => {
    const here = await startTestMirror();
    await put(
      here,
      { prompt: 'a cat on a roof at night' },
      { prompt: 'a white cat on a roof at night' },
      { prompt: 'a white cat on a roof at night, watercolour' },
      { prompt: 'a dog on a roof at night' },
      { prompt: 'a cat on a roof at night' },
      { prompt: 'an aerial photo of a harbour' },
    );
    const first = await read<PromptEdits>(here, `/api/tasks/${id(4)}/edits`);
    expect(first).toMatchObject({
      prompt: 'a cat on a roof at night',
      // By the other task with this prompt.
      first_used_at: iso(0),
      came_from: null,
      led_to: [
        {
          task: { id: id(1) },
          diff: [
            { kind: 'same', text: 'a ' },
            { kind: 'added', text: 'white ' },
            { kind: 'same', text: 'cat on a roof at night' },
          ],
        },
        { task: { id: id(3) }, first_used_at: iso(3) },
      ],
    });
    const second = await read<PromptEdits>(here, `/api/tasks/${id(1)}/edits`);
    expect(second.came_from).toMatchObject({ prompt: 'a cat on a roof at night' });
    expect(second.came_from?.diff.map(({ kind }) => kind)).toEqual(['same', 'added', 'same']);
    expect(second.led_to.map(({ task }) => task.id)).toEqual([id(2)]);
    expect(await read<PromptEdits>(here, `/api/tasks/${id(5)}/edits`)).toMatchObject({
      came_from: null,
      led_to: [],
    });
  });

  test('of Chinese prompts are told word by word', async () => {
    const here = await startTestMirror();
    await put(here, { prompt: '一只白色的猫坐在屋顶上' }, { prompt: '一只黑色的猫坐在屋顶上' });
    const { led_to: edits } = await read<PromptEdits>(here, `/api/tasks/${id(0)}/edits`);
    expect(edits[0]?.diff).toEqual([
      { kind: 'same', text: '一只' },
      { kind: 'removed', text: '白色' },
      { kind: 'added', text: '黑色' },
      { kind: 'same', text: '的猫坐在屋顶上' },
    ]);
  });

  test('leave out hidden tasks, and what the caller may not see', async () => {
    const here = await startTestMirror();
    await put(
      here,
      { prompt: 'a cat on a roof', userId: 'other' },
      { prompt: 'a white cat on a roof', userId: 'me' },
      { prompt: 'a white cat on a red roof', userId: 'me' },
    );
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const ask = () => read<PromptEdits>(here, `/api/tasks/${id(1)}/edits`, mine);
    expect(await ask()).toMatchObject({ came_from: null, led_to: [{ task: { id: id(2) } }] });
    await here.store.mark([{ id: IDS[2] as never, change: { hidden: true } }], { nowMs: 1 });
    expect(await ask()).toMatchObject({ came_from: null, led_to: [] });
    expect((await here.get(`/api/tasks/${id(0)}/edits`, mine)).status).toBe(404);
  });

  test('of a task without a prompt, or that is not there', async () => {
    const here = await startTestMirror();
    await put(here, { prompt: '' });
    expect(await read<PromptEdits>(here, `/api/tasks/${id(0)}/edits`)).toMatchObject({
      prompt: '',
      came_from: null,
      led_to: [],
    });
    expect((await here.get('/api/tasks/unknown/edits')).status).toBe(404);
  });
});

describe('a chain of edited pictures', () => {
  interface Chain {
    readonly sources: { task: { id: string }; result: number; input: number }[];
    readonly results: Chain['sources'];
  }

  /** A picture, an edit of it by its link, and an edit of a copy of it that has another link. */
  async function startWithChain() {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    const [original, copy] = [`${host.url}/original`, `${host.url}/copy`];
    const bytes = await picture('png', { width: 40, height: 30 });
    for (const path of ['/original', '/copy']) host.serve(path, bytes);
    for (const at of [1, 2]) host.serve(`/${at}`, await picture('png', { shade: at * 30 }));
    const edit = (source: string) => ({
      more: { request: { action: 'edit', prompt: 'an edit', image_url: source } },
    });
    await storeTaskWithImages(here, IDS[0] as never, [original], { createdAt: START_S });
    await storeTaskWithImages(here, IDS[1] as never, [`${host.url}/1`], {
      ...{ createdAt: START_S + 10, ...edit(original) },
    });
    await storeTaskWithImages(here, IDS[2] as never, [`${host.url}/2`], {
      ...{ createdAt: START_S + 20, userId: 'me', ...edit(copy) },
    });
    return { here, archive: () => here.mirror.archiver.run() };
  }

  const show = ({ sources, results }: Chain) => ({
    sources: sources.map(({ task }) => task.id),
    results: results.map(({ task }) => task.id),
  });

  test('is followed by link, and once pictures are archived by their hash', async () => {
    const { here, archive } = await startWithChain();
    const ask = async (at: number) => show(await read<Chain>(here, `/api/tasks/${id(at)}/chain`));
    expect(await ask(0)).toEqual({ sources: [], results: [id(1)] });
    expect(await ask(1)).toEqual({ sources: [id(0)], results: [] });
    expect(await ask(2)).toEqual({ sources: [], results: [] });
    await archive();
    expect(await ask(0)).toEqual({ sources: [], results: [id(1), id(2)] });
    expect(await ask(2)).toEqual({ sources: [id(0)], results: [] });
    expect(await read<Chain>(here, `/api/tasks/${id(2)}/chain`)).toMatchObject({
      sources: [{ result: 0, input: 0 }],
    });
  });

  test('leaves out hidden tasks, and what the caller may not see', async () => {
    const { here, archive } = await startWithChain();
    await archive();
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const everything = await addToken(here);
    expect(show(await read<Chain>(here, `/api/tasks/${id(2)}/chain`, mine))).toEqual({
      sources: [],
      results: [],
    });
    expect((await here.get(`/api/tasks/${id(0)}/chain`, mine)).status).toBe(404);
    await here.store.mark([{ id: IDS[1] as never, change: { hidden: true } }], { nowMs: 1 });
    expect(show(await read<Chain>(here, `/api/tasks/${id(0)}/chain`, everything)).results).toEqual([id(2)]);
    expect((await here.get('/api/tasks/unknown/chain', everything)).status).toBe(404);
  });
});

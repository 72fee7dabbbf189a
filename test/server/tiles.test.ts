/** `fields=tile` and `at=` of a search: what a wall of images asks for. */
import { describe, expect, test } from 'vitest';
import { encodeRatio, SQUARE } from '../../src/task/ratio.ts';
import type { Tile } from '../../src/views/search-schema.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FIRST, SECOND, THIRD] = numberedIds(3);

interface Page<Item> {
  items: Item[];
  total: number;
  notes: string[];
  next_cursor: string | null;
}

async function search<Item = Tile>(here: TestMirror, query: string): Promise<Page<Item>> {
  const answer = await here.get(`/api/search?tz=UTC&${query}`);
  expect([query, answer.status]).toEqual([query, 200]);
  return (await answer.json()) as Page<Item>;
}

/** Stores documents without fetching anything. */
async function store(here: TestMirror, texts: readonly string[]): Promise<void> {
  here.simulator.seed(texts);
  await here.post({ action: 'retrieve_batch', limit: 1000 });
}

describe('fields=tile', () => {
  test('gives what is shown of a task on the wall: its first image by hash, shape and colour', async () => {
    const host = await imageHost();
    host.serve('/a', await picture('png', { width: 80, height: 40, shade: 0 }));
    host.serve('/b', await picture('png', { width: 40, height: 40, shade: 255 }));
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await storeTaskWithImages(here, FIRST, [`${host.url}/a`, `${host.url}/b`], { prompt: 'a red cat' });
    await here.mirror.archiver.run();
    const [whole] = (await search<{ images: { local: { sha256: string } }[] }>(here, 'q=cat')).items;
    const { items, total } = await search(here, 'q=cat&fields=tile&group=prompt');
    expect(total).toBe(1);
    expect(items).toEqual([
      {
        id: FIRST,
        created_at: expect.any(String),
        state: 'succeeded',
        action: 'generate',
        model: 'flux-dev',
        size: '1024x1024',
        prompt: 'a red cat',
        cut_start: 0,
        highlights: [[6, 9]],
        match: 'exact',
        kind: 'image',
        images: 2,
        sha256: whole?.images[0]?.local.sha256,
        media_type: 'image/png',
        color: expect.stringMatching(/^#[0-9a-f]{6}$/),
        ratio: encodeRatio(2, 1),
        error: null,
        group: { count: 1 },
      },
    ]);
    // A missing file keeps its place on the wall.
    await here.store.recordMissingImages([items[0]?.sha256 ?? ''], here.clock.now());
    const [missing] = (await search(here, 'q=cat&fields=tile')).items;
    expect(missing).toMatchObject({ ratio: encodeRatio(2, 1), sha256: expect.any(String) });
    expect(missing?.sha256).not.toBe(items[0]?.sha256);
  });

  test('gives why a task failed, in one short line, and the shape that was asked for', async () => {
    const here = await startTestMirror();
    const fail = (id: string, error: unknown, more: object) =>
      documentText({
        id,
        state: 'failed',
        more: { response: { success: false, error }, finished_at: 1_773_400_009, ...more },
      });
    const request = { prompt: 'a cat', size: '16:9' };
    await store(here, [
      fail(FIRST, { code: 'bad_request', message: `nay\u001b[31m\n${'😀'.repeat(300)}` }, { request }),
      fail(SECOND, 'out of credit', { request: { ...request, size: 'huge' } }),
      documentText({ id: THIRD, state: 'pending', more: { request: { prompt: 'a film', mode: 't2v' } } }),
    ]);
    const { items } = await search(here, 'fields=tile');
    const byId = new Map(items.map((item) => [item.id, item]));
    const { error, ...first } = byId.get(FIRST) ?? {};
    expect(first).toMatchObject({ ratio: encodeRatio(16, 9), sha256: null, media_type: null, color: null });
    expect(error).toMatch(/^nay \[31m (😀)+$/u);
    expect([error?.length, error?.isWellFormed()]).toEqual([199, true]);
    expect(byId.get(SECOND)).toMatchObject({ error: 'out of credit', ratio: SQUARE, kind: 'image' });
    expect(byId.get(THIRD)).toMatchObject({ error: null, kind: 'video', images: 0, state: 'pending' });
  });

  test('cuts a long prompt around the match, also of a close one', async () => {
    const here = await startTestMirror();
    const prompt = `${'lorem ipsum '.repeat(400)}a lighthouse ${'dolor sit '.repeat(900)}`;
    await store(here, [documentText({ id: FIRST, prompt })]);
    for (const query of ['q=lighthouse', 'q=lighthuose&match=close', 'q=lighthouse%20unicorn&match=close']) {
      const [tile] = (await search(here, `fields=tile&sort=relevance&${query}`)).items;
      const [from = 0, to = 0] = tile?.highlights[0] ?? [];
      expect([query, tile?.prompt.slice(from, to)]).toEqual([query, 'lighthouse']);
      expect(prompt.slice(tile?.cut_start)).toMatch(new RegExp(`^${tile?.prompt.slice(0, 40)}`));
      expect(tile?.prompt.length).toBe(300);
    }
  });
});

describe('at', () => {
  const DAY = 86_400_000;
  const START = Date.UTC(2025, 2, 1);

  /** A task at the beginning of each of ten days, and one a millisecond before. */
  async function withDays() {
    const here = await startTestMirror();
    const ids = numberedIds(11);
    await store(
      here,
      ids.map((id, at) =>
        documentText({ id, createdAt: (at === 10 ? START + 5 * DAY - 1 : START + at * DAY) / 1000 }),
      ),
    );
    const ask = async (query: string) =>
      (await search(here, `fields=tile&${query}`)).items.map(({ id }) => ids.indexOf(id as never));
    return { here, ask };
  }

  test('starts the page at an instant or a date, whatever from and to are', async () => {
    const { ask } = await withDays();
    const noon = new Date(START + 5 * DAY + DAY / 2).toISOString();
    const instant = new Date(START + 5 * DAY).toISOString();
    expect(await ask(`at=${instant}&limit=3`)).toEqual([10, 4, 3]);
    expect(await ask(`at=${noon}&limit=3`)).toEqual([5, 10, 4]);
    expect(await ask('at=2025-03-06&limit=3')).toEqual([5, 10, 4]);
    expect(await ask(`at=${instant}&sort=oldest&limit=3`)).toEqual([5, 6, 7]);
    expect(await ask('at=2025-03-06&sort=oldest&limit=3')).toEqual([5, 6, 7]);
    expect(await ask(`at=${instant}&sort=oldest&limit=3&to=2025-03-07`)).toEqual([5, 6]);
    expect(await ask(`at=${instant}&from=2025-03-04`)).toEqual([10, 4, 3]);
    expect(await ask('at=2020&limit=3')).toEqual([]);
    expect(await ask('at=2020&sort=oldest&limit=2')).toEqual([0, 1]);
    expect(await ask('at=&limit=1')).toEqual([9]);
  });

  test('is followed by further pages, and does not change the total', async () => {
    const { here } = await withDays();
    const first = await search(here, 'at=2025-03-06&limit=4');
    expect(first).toMatchObject({ total: 11, notes: [] });
    const rest = await search(here, `at=2025-03-06&limit=100&cursor=${first.next_cursor}`);
    expect([first.items.length, rest.items.length, rest.next_cursor]).toEqual([4, 3, null]);
  });

  test('is noted by best match, and 400 when it is no date', async () => {
    const { here } = await withDays();
    expect((await search(here, 'q=cat&sort=relevance&at=2025')).notes).toEqual([
      expect.stringContaining('"at" was ignored'),
    ]);
    for (const query of ['at=never', 'at=2025-13', 'fields=all']) {
      const answer = await here.get(`/api/search?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
      await answer.arrayBuffer();
    }
  });
});

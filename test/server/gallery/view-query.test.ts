/** The search and the filters of the wall as one query: it finds what they find. */
import { describe, expect, test } from 'vitest';
import { formatViewAsQuery } from '../../../src/server/routes/gallery/view-query.ts';
import { parseView } from '../../../src/web/view/url.ts';
import { type DocumentOptions, document } from '../../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../../helpers/test-mirror.ts';
import { taskIdOf } from '../../web/wall-data.ts';

const format = (search: string) => formatViewAsQuery(parseView(new URLSearchParams(search)));

test.each([
  ['', ''],
  ['q=+white+cat+&sort=oldest&group=none&task=7&cursor=x', 'white cat'],
  ['q="white cat', '"white cat'],
  ['q="white cat&model=flux-dev', '"white cat" model:flux-dev'],
  ['model=a,b&model=c&size=16:9', '(model:a OR model:b OR model:c) size:16:9'],
  ['tag=two+words&tag=a "b"', '(tag:"two words" OR tag:"a  b ")'],
  ['is=starred&rating=>=4', 'is:starred rating:>=4'],
  ['rating=1,3..4', '(rating:1 OR rating:3..4)'],
  ['from=2026-03&to=2026-03', 'on:2026-03'],
  ['from=2025&to=2026', 'after:2025 before:2027-01-01'],
  ['to=2026-02', 'before:2026-03-01'],
  ['to=2024-02-28', 'before:2024-02-29'],
  ['to=2026-03-14T10:00:00Z', 'before:2026-03-14T10:00:00Z'],
])('%s is %s', (search, query) => {
  expect(format(search)).toBe(query);
});

describe('on a mirror', () => {
  const TASKS: readonly DocumentOptions[] = Array.from({ length: 24 }, (_, at) => ({
    id: taskIdOf(at),
    prompt: ['a white cat', 'a black cat', 'a dog'][at % 3] ?? '',
    model: ['flux-dev', 'flux-pro'][at % 2] ?? '',
    state: at % 5 === 0 ? 'failed' : 'succeeded',
    createdAt: Date.UTC(2025, 11, 20 + 7 * at, 23) / 1000,
  }));

  async function find(here: TestMirror, params: URLSearchParams): Promise<string[]> {
    params.set('tz', 'Europe/Berlin');
    params.set('limit', '100');
    const { items, notes } = (await (await here.get(`/api/search?${params}`)).json()) as {
      items: { id: string }[];
      notes: string[];
    };
    expect(notes).toEqual([]);
    return items.map(({ id }) => id);
  }

  test('it finds the same tasks', async () => {
    const here = await startTestMirror();
    await here.store.storeDocuments({
      documents: TASKS.map((task) => document(task)),
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
    });
    await here.store.mark([{ id: taskIdOf(4), change: { rating: 4, addTags: ['two words'] } }], {
      nowMs: 1,
    });
    for (const search of [
      ...['q=cat&model=flux-dev', 'q=white+OR+dog&model=flux-dev&state=failed', 'model=flux-dev,flux-pro'],
      ...['from=2026-01&to=2026-02', 'from=2025&to=2025', 'q=cat&to=2026-01-03', 'q="a white&from=2026-02'],
      ...['rating=>=4', 'tag=two+words', 'q=cat&from=2026-01-11&to=2026-01-11'],
    ]) {
      const found = await find(here, new URLSearchParams(search));
      expect([search, found.length > 0 && found.length <= TASKS.length]).toEqual([search, true]);
      expect([search, await find(here, new URLSearchParams({ q: format(search) }))]).toEqual([search, found]);
    }
  });
});

/** Parameters that are wrong or unknown behave alike on every route. */
import { expect, test } from 'vitest';
import { startTestMirror } from '../helpers/test-mirror.ts';

test('an invalid date in from or to is 400 on every route that has them, and a note in the query', async () => {
  const { get } = await startTestMirror();
  for (const route of [
    '/api/search',
    '/api/facets',
    '/api/wall/months',
    '/api/wall/layout',
    '/api/wall/place',
    '/api/stats/days',
  ])
    for (const query of ['from=never', 'to=2026-02-30', 'q=cat&from=2026-13', 'from=2026&to=%00']) {
      const answer = await get(`${route}?${query}`);
      expect([route, query, answer.status]).toEqual([route, query, 400]);
      expect(((await answer.json()) as { error: object }).error).toMatchObject({
        code: 'bad_request',
        message: expect.stringMatching(/^"(from|to)" is not a date that is understood; try 2026-03, /),
      });
    }
  for (const query of ['from=&to=', 'from=2026&to=yesterday', 'q=before:never']) {
    const answer = await get(`/api/search?${query}`);
    expect(answer.status).toBe(200);
    const { notes } = (await answer.json()) as { notes: string[] };
    expect(notes).toEqual(query === 'q=before:never' ? [expect.stringContaining('before:never')] : []);
  }
});

test('an unknown parameter is noted: in notes where a response has them, else in a header', async () => {
  const { get } = await startTestMirror({ allowedOrigins: 'https://app.example' });
  const many = Array.from({ length: 1000 }, (_, at) => `p${at}=1`).join('&');
  for (const [route, known] of [
    ['/api/search', 'q=a&model=b&before=2026&sort=newest&group=prompt&limit=1&tz=UTC&user_id=x&from=2026'],
    ['/api/facets', 'q=a&by=day&to=2026&only=size'],
    ['/api/wall/months', 'q=a&model=b&match=close&sort=oldest&group=prompt&tz=UTC&partial=true'],
    ['/api/wall/layout', 'q=a&month=2026-03&sort=oldest&group=prompt&tz=UTC&to=2026'],
  ]) {
    const notesOf = async (query: string) =>
      ((await (await get(`${route}?${query}`)).json()) as { notes: string[] }).notes;
    expect(await notesOf(known as string)).toEqual([]);
    expect(await notesOf(`${known}&querry=cat&querry=dog`)).toEqual([
      expect.stringMatching(/^"querry" is no parameter, and was ignored; there are q, tz, /),
    ]);
    expect(await notesOf(`${known}&${many}`)).toHaveLength(10);
  }
  const headerOf = async (path: string) => {
    const answer = await get(path);
    await answer.arrayBuffer();
    return answer.headers.get('x-flux-mirror-notes');
  };
  expect(await headerOf('/api/tracked?limit=1&offset=0')).toBeNull();
  expect(await headerOf('/api/suggest?q=cat&limit=1')).toBeNull();
  expect(await headerOf('/api/stats')).toBeNull();
  expect(await headerOf('/api/stats/days?by=month&from=2026&to=2026&tz=UTC')).toBeNull();
  expect(await headerOf('/api/stats/days?model=x')).toMatch(/^"model" is no parameter/);
  expect(await headerOf('/api/tracked?page=2&%E7%8C%AB=1')).toBe(
    '"page" is no parameter, and was ignored; there are limit, offset | "?" is no parameter, and was ignored; there are limit, offset',
  );
  expect(await headerOf('/api/stats?from=2026')).toMatch(
    /^"from" is no parameter, and was ignored; there are none$/,
  );
  expect(await headerOf('/api/sync/runs?x')).toMatch(/^"x" is no parameter/);
});

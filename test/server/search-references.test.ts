/** `/api/search` by a pasted id, link or hash. */
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { archivedImage, document } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const MINE = '5bc8fbbc-98ae-4e2f-8f3c-0123456789ab' as TaskId;
const THEIRS = '5bc8fbbc-98ae-4e2f-8f3c-ba9876543210' as TaskId;
const FILM = 'f11f0000-98ae-4e2f-8f3c-0123456789ab' as TaskId;
const MENTION = '0a0a0a0a-0000-4000-8000-000000000000' as TaskId;
const [OWN, SHARED, VIDEO] = ['own', 'shared', 'film.mp4'].map(
  (name) => `https://cdn.example/flux/${name}`,
) as [string, string, string];
const [HASH, FILM_HASH] = ['3f'.repeat(32), 'ab'.repeat(32)] as const;

interface Answer {
  readonly items: readonly { readonly id: string; readonly highlights: readonly unknown[] }[];
  readonly total: number;
  readonly notes: readonly string[];
  readonly understood: readonly { readonly text: string; readonly as: string }[];
}

const withResults = (...data: unknown[]) => ({ more: { response: { success: true, data } } });

async function startMirror() {
  const here = await startTestMirror({ offline: 'true' });
  await here.store.storeDocuments({
    documents: [
      document({
        id: MINE,
        userId: 'me',
        createdAt: 4,
        ...withResults({ image_url: OWN }, { image_url: SHARED }),
      }),
      document({ id: THEIRS, userId: 'them', createdAt: 3, ...withResults({ image_url: SHARED }) }),
      document({
        id: FILM,
        userId: 'them',
        prompt: 'a dog',
        createdAt: 2,
        ...withResults({ video_url: VIDEO }),
      }),
      document({ id: MENTION, userId: 'me', prompt: `like ${OWN} 5bc8fbbc ${HASH}`, createdAt: 1 }),
    ],
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: here.clock.now(),
  });
  await here.store.archiveImage({ taskId: MINE, n: 0 }, archivedImage(HASH), 1);
  await here.store.archiveImage({ taskId: THEIRS, n: 0 }, archivedImage(HASH), 1);
  await here.store.archiveImage({ taskId: FILM, n: 0 }, archivedImage(FILM_HASH), 1);
  const search = async (q: string, more = '', headers = {}) => {
    const answer = await here.get(`/api/search?q=${encodeURIComponent(q)}${more}`, headers);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Answer;
  };
  const find = async (...args: Parameters<typeof search>) =>
    (await search(...args)).items.map(({ id }) => id);
  return { ...here, get: here.get, search, find };
}

describe('a task is found', () => {
  test.each([
    ['its id', MINE, [MINE]],
    ['its id in upper case', MINE.toUpperCase(), [MINE]],
    ['the beginning of its id, as of others, and in prompts', '5bc8fbbc', [MINE, THEIRS, MENTION]],
    ['a longer beginning', '5bc8fbbc-98ae-4e2f-8f3c-0', [MINE]],
    ['six characters', 'f11f00', [FILM]],
    ['id: without a star', 'id:5bc8fb', [MINE, THEIRS]],
    ['id: with a whole id', `id:${FILM}`, [FILM]],
    ['the link of an image, and in prompts', OWN, [MINE, MENTION]],
    ['the link only', `artifact:${OWN}`, [MINE]],
    ['a link with another fragment, as browsers write it', 'HTTPS://CDN.example:443/flux/own#1', [MINE]],
    ['the link of an image of several tasks', SHARED, [MINE, THEIRS]],
    ['the link of a video', VIDEO, [FILM]],
    ['the hash of an image, and in prompts', HASH, [MINE, THEIRS, MENTION]],
    ['the hash in upper case', `artifact:${HASH.toUpperCase()}`, [MINE, THEIRS]],
    ['the hash of a video', FILM_HASH, [FILM]],
    ['the address of the archived image', `/images/${FILM_HASH}`, [FILM]],
    [
      'that of its thumbnail, below a base path',
      `https://mirror.example/base/thumbs/${FILM_HASH}?w=320`,
      [FILM],
    ],
    ['one of several', `${FILM} OR ${OWN}`, [MINE, FILM, MENTION]],
    ['its id and a word', `dog ${FILM}`, [FILM]],
    ['its id and a word that it lacks', `dog ${MINE}`, []],
    ['what is left out', `-${MINE} -${SHARED} -${FILM}`, [MENTION]],
    ['groups', `(dog ${VIDEO}) OR (siamese -${OWN})`, [THEIRS, FILM]],
    ['another link', `${OWN}x`, []],
    ['the text of its link, which no prompt has', `"${SHARED}"`, []],
  ])('by %s: %s', async (_, q, expected) => {
    const { search, find, get } = await startMirror();
    const { items, total } = await search(q);
    expect([items.map(({ id }) => id), total]).toEqual([expected, expected.length]);
    expect(await find(q, '&sort=oldest')).toEqual(expected.toReversed());
    expect((await find(q, '&sort=relevance')).toSorted()).toEqual(expected.toSorted());
    const facets = await get(`/api/facets?q=${encodeURIComponent(q)}`);
    expect(await facets.json()).toMatchObject({ total: expected.length });
  });

  test('and the answer says how the query was read, and highlights nothing that is not there', async () => {
    const { search } = await startMirror();
    expect(await search(`5bc8fbbc-98ae ${SHARED}`)).toMatchObject({
      understood: [
        { text: '5bc8fbbc-98ae', as: 'id:5bc8fbbc-98ae*' },
        { text: SHARED, as: `artifact:${SHARED}` },
      ],
      notes: [],
      items: [{ highlights: [] }, { highlights: [] }],
    });
    const { items } = await search(OWN);
    expect(items.map(({ highlights }) => highlights)).toEqual([[], [[5, 5 + OWN.length]]]);
  });

  test('once, with the tasks of its prompt, when these are grouped', async () => {
    const { search } = await startMirror();
    const { items } = await search(SHARED, '&group=prompt');
    expect(items).toMatchObject([{ id: MINE, group: { count: 2, tasks: [{ id: MINE }, { id: THEIRS }] } }]);
  });

  test('by parameters', async () => {
    const { find } = await startMirror();
    expect(await find('', '&id=5bc8fb,f11f00')).toEqual([MINE, THEIRS, FILM]);
    expect(await find('', `&artifact=${encodeURIComponent(OWN)}`)).toEqual([MINE]);
  });
});

test('a limited token finds no foreign task by id, link or hash', async () => {
  const here = await startMirror();
  const mine = await addToken(here, { limits: { userIds: ['me'] } });
  const queries = [
    THEIRS,
    'id:5bc8fb',
    `artifact:${SHARED}`,
    SHARED,
    `artifact:${HASH}`,
    VIDEO,
    FILM_HASH,
    FILM,
  ];
  const found = await Promise.all(queries.map((q) => here.find(q, '', mine)));
  expect(found).toEqual([[], [MINE], [MINE], [MINE], [MINE], [], [], []]);
  for (const more of ['&sort=relevance', '&group=prompt'])
    expect(await here.find(`${SHARED} OR ${FILM}`, more, mine)).toEqual([MINE]);
  const facets = await here.get(`/api/facets?q=${encodeURIComponent(`${SHARED} OR ${FILM}`)}`, mine);
  expect(await facets.json()).toMatchObject({ total: 1 });
});

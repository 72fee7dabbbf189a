/** What every store must do, whatever stands behind it: the contract and nothing else. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StoreChange } from '../../src/store/contract/changes.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { COUNT_LIMIT, type SearchPage } from '../../src/store/contract/search.ts';
import { SERVER_TIMEOUT_MS } from '../../src/store/contract/servers.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { StoredTask } from '../../src/store/contract/tasks.ts';
import type { Claim } from '../../src/store/contract/tracking.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { placeholderTask } from '../../src/task/placeholder-task.ts';
import { createToken } from '../helpers/access-token.ts';
import {
  archivedImage,
  type DocumentOptions,
  document,
  documentText,
  numberedIds,
} from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';
import { describeActivity } from './conformance-activity.ts';
import { describeCallbacks } from './conformance-callbacks.ts';
import { describeCircuit } from './conformance-circuit.ts';
import { describeCollectionImports } from './conformance-collection-imports.ts';
import { describeCollections } from './conformance-collections.ts';
import { describeMarks } from './conformance-marks.ts';
import { describeSavedSearches } from './conformance-saved.ts';
import { describeUnusedImages } from './conformance-unused.ts';
import { describeWall } from './conformance-wall.ts';
import { describeWebhooks } from './conformance-webhooks.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;
const idOf = (id: string) => id as TaskId;

/**
 * Opens a mirror as the process that serves it, or as a command beside it. The store is closed after the test.
 * A second server may take the place of one that is closed.
 */
export type OpenMirror = (as: 'server' | 'command') => MaybePromise<Store>;

/** Runs the suite. @param createMirror gives a mirror of its own, which is empty */
export function describeStore(name: string, createMirror: () => OpenMirror): void {
  describe(name, () => {
    const open = () => createMirror()('server');
    let store: Store;
    let openMirror: OpenMirror;
    beforeEach(async () => {
      openMirror = createMirror();
      store = await openMirror('server');
    });

    const put = async (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      store.storeDocuments({
        documents: documents.map((item) => ('text' in item ? (item as TaskDocument) : document(item))),
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
      });
    const search = async (text: string, more: Partial<Parameters<Store['search']>[0]> = {}) =>
      store.search(searchRequest(text, more));
    const found = async (text: string, more: Partial<Parameters<Store['search']>[0]> = {}) =>
      (await search(text, more)).hits.map(({ task }) => task.id);

    test('requires a token once one has existed, even after the last was revoked', async () => {
      expect(await store.requiresToken()).toBe(false);
      const token = { name: 'a', hash: '00', limits: undefined, isReadOnly: true, createdAtMs: NOW };
      await store.addAccessToken({ ...token, revokedAtMs: undefined });
      await store.revokeAccessToken('a', NOW);
      expect(await store.requiresToken()).toBe(true);
    });

    test('tells of changes after they are made, with the owners, and of nothing that stayed as it was', async () => {
      const [id, broken] = numberedIds(2);
      const changes: StoreChange[] = [];
      const stored: MaybePromise<StoredTask[]>[] = [];
      const stop = store.onChange((change) => {
        changes.push(change);
        stored.push(store.getMany([id]));
      });
      const owner = { userId: 'user-1', applicationId: undefined };
      const task = { kind: 'task', id, createdAtMs: 1_773_400_000_000, owner };
      await store.addPlaceholder(document({ id, state: 'pending', prompt: 'as asked for' }), {
        nowMs: NOW,
        dueAtMs: NOW,
      });
      await put({ id, state: 'pending' }, { ...document({ id: broken }), createdAtMs: Number.NaN });
      await put({ id, state: 'pending' });
      await put({ id });
      await put({ id, prompt: 'finished tasks stay as they are' });
      expect(changes).toEqual([
        { ...task, state: 'pending' },
        { ...task, state: 'pending' },
        { ...task, state: 'succeeded' },
      ]);
      expect(await stored.at(-1)).toMatchObject([{ state: 'succeeded' }]);
      await store.failImage({ taskId: id, n: 7 }, { dueAtMs: NOW, error: 'there is no such image' });
      await store.untrack(id);
      await store.remove(id);
      await store.remove(id);
      await store.track([broken], NOW);
      expect(changes.slice(3)).toEqual([{ ...task, state: 'removed' }, { kind: 'status' }]);
      stop();
      await put({ id: broken });
      expect(changes).toHaveLength(5);
    });

    test('removes several tasks at once, each as if alone', async () => {
      const [first, second, unknown] = numberedIds(3);
      await put({ id: first }, { id: second });
      const image = archivedImage('aa');
      for (const taskId of [first, second]) await store.archiveImage({ taskId, n: 0 }, image, NOW);
      expect(await store.removeMany([first, unknown, second, first])).toEqual([
        { wasKnown: true, orphans: [] },
        { wasKnown: false, orphans: [] },
        { wasKnown: true, orphans: [image] },
        { wasKnown: false, orphans: [] },
      ]);
      expect(await store.getMany([first, second])).toEqual([]);
      expect(await store.removeMany([])).toEqual([]);
    });

    test('shows that another process has changed something, and that it has not itself', async () => {
      const before = await store.readForeignVersion();
      await put({});
      expect(await store.readForeignVersion()).toBe(before);
      const command = await openMirror('command');
      await command.track(numberedIds(1), NOW);
      expect(await store.readForeignVersion()).not.toBe(before);
    });

    test('one document that can not be stored does not stop its batch', async () => {
      const [first, second, third] = numberedIds(3);
      const broken = { ...document({ id: second, prompt: 'a broken zebra' }), createdAtMs: Number.NaN };
      for (let times = 1; times <= 2; times += 1) {
        const result = await put({ id: first, prompt: 'an intact zebra' }, broken, {
          id: third,
          prompt: 'a zebra',
        });
        expect(result.unusable).toEqual([{ id: second, error: expect.any(Error) }]);
        expect(result).toMatchObject(times === 1 ? { inserted: 2 } : { inserted: 0, unchanged: 2 });
      }
      expect(await store.get(second)).toBeUndefined();
      expect(new Set(await found('zebra'))).toEqual(new Set([first, third]));
      expect(await found('broken')).toEqual([]);
      expect((await put({ id: second, prompt: 'a broken zebra' })).unusable).toBeUndefined();
      expect(await found('broken')).toEqual([second]);
      expect(await store.suggest('brok', 5)).toEqual([{ word: 'broken', uses: 1 }]);
    });

    test('needs no token after the requirement was dropped, until the next one is created', async () => {
      await store.addAccessToken(createToken('a'));
      await store.dropTokenRequirement();
      expect(await store.requiresToken()).toBe(false);
      expect(await store.accessTokens()).toMatchObject([{ name: 'a', revokedAtMs: undefined }]);
      await store.addAccessToken(createToken('b'));
      expect(await store.requiresToken()).toBe(true);
    });

    test('remembers when a token expires and was last used', async () => {
      await store.addAccessToken(createToken('a', { expiresAtMs: NOW + HOUR }));
      await store.addAccessToken(createToken('b'));
      await store.recordTokenUse(
        new Map([
          ['a', NOW + 5],
          ['nobody', NOW],
        ]),
      );
      await store.recordTokenUse(new Map([['a', NOW + 4]]));
      expect(await store.accessTokens()).toMatchObject([
        { name: 'a', expiresAtMs: NOW + HOUR, lastUsedAtMs: NOW + 5 },
        { name: 'b', expiresAtMs: undefined, lastUsedAtMs: undefined },
      ]);
    });

    describe('placeholder tasks', () => {
      const request = (prompt: string) => JSON.stringify({ action: 'generate', model: 'flux-dev', prompt });
      const expectTask = async (id: TaskId, prompt: string) =>
        store.addPlaceholder(placeholderTask({ id, kind: 'images', request: request(prompt) }, NOW), {
          nowMs: NOW,
          dueAtMs: NOW + 5,
        });

      test('are found and tracked, but are not documents', async () => {
        const [id] = numberedIds(1);
        await expectTask(id, 'a zebra');
        expect(await found('zebra model:flux-dev state:pending')).toEqual([id]);
        expect((await store.tracked({ limit: 5, offset: 0 })).items).toMatchObject([
          { id, dueAtMs: NOW + 5 },
        ]);
        expect(await store.get(id)).toBeUndefined();
        expect(await store.getMany([id])).toEqual([]);
        expect((await store.concatFinished([id])).count).toBe(0);
        expect(await store.list({}, { limit: 5, offset: 0 })).toEqual({ tasks: [], count: 0 });
        for await (const page of store.stream()) expect(page).toEqual([]);
        expect(await store.audit()).toEqual([]);
      });

      test('are replaced by any upstream document, even from an older request', async () => {
        const [id] = numberedIds(1);
        const requestSeq = await store.nextRequestSeq();
        await expectTask(id, 'a zebra');
        const pending = document({ id, prompt: 'a horse', state: 'pending' });
        await store.storeDocuments({ documents: [pending], requestSeq, fetchedAtMs: NOW });
        expect((await store.get(id))?.text).toBe(pending.text);
        expect([await found('zebra'), await found('horse')]).toEqual([[], [id]]);
        await expectTask(id, 'a zebra');
        expect((await store.get(id))?.text).toBe(pending.text);
        await put({ id, prompt: 'a horse' });
        await expectTask(id, 'a zebra');
        expect((await store.tracked({ limit: 5, offset: 0 })).total).toBe(0);
      });

      test('a removed task does not return unless it is requested', async () => {
        const [id] = numberedIds(1);
        await put({ id });
        await store.remove(id);
        const again = async (isUnasked: boolean) =>
          store.storeDocuments({
            documents: [document({ id })],
            requestSeq: await store.nextRequestSeq(),
            fetchedAtMs: NOW,
            ...(isUnasked ? { isUnasked } : {}),
          });
        expect(await again(true)).toMatchObject({ kept: 1, inserted: 0 });
        expect(await again(false)).toMatchObject({ inserted: 1 });
      });

      test('never bring back a removed task', async () => {
        const [id] = numberedIds(1);
        await put({ id });
        await store.remove(id);
        await expectTask(id, 'a zebra');
        expect(await found('zebra')).toEqual([]);
      });
    });

    test('accounts are the users and applications of the stored documents', async () => {
      expect(await store.accounts()).toEqual({ userIds: [], applicationIds: [] });
      const [a, b, c] = numberedIds(3);
      await put(
        { id: a, userId: 'u-2', more: { application_id: 'a-1' } },
        { id: b, userId: 'u-1' },
        { id: c, userId: 'u-2' },
      );
      expect(await store.accounts()).toEqual({ userIds: ['u-1', 'u-2'], applicationIds: ['a-1'] });
    });

    test('a checkpoint keeps its text', async () => {
      expect(await store.readCheckpoint('a')).toBeUndefined();
      await store.setCheckpoint('a', 'one');
      await store.setCheckpoint('b', 'two');
      await store.setCheckpoint('a', 'three');
      expect([await store.readCheckpoint('a'), await store.readCheckpoint('b')]).toEqual(['three', 'two']);
    });

    describe('images', () => {
      const image = (sha256: string) => ({
        sha256,
        mediaType: 'image/png',
        bytes: 10,
        width: 4,
        height: 3,
        thumbhash: Buffer.from([1, 2]),
      });
      const claim = async (nowMs = NOW, limit = 10) =>
        store.claimImages({ nowMs, limit, leaseMs: () => 100 });

      test('of succeeded tasks are enqueued, newest first; a claim lasts for its lease', async () => {
        const [first, second, pending] = numberedIds(3);
        await put({ id: first }, { id: pending, state: 'pending' });
        await store.storeDocuments({
          documents: [document({ id: second })],
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: NOW + 1,
        });
        expect(await claim(NOW - 1)).toEqual([]);
        expect(await claim(NOW + 1)).toMatchObject([
          {
            taskId: second,
            n: 0,
            artifact: { kind: 'images', url: `https://img.example/${second}.png` },
            attempts: 0,
            addedAtMs: NOW + 1,
          },
          { taskId: first },
        ]);
        expect(await claim(NOW + 1)).toEqual([]);
        expect(await claim(NOW + 101, 1)).toHaveLength(1);
      });

      test('that were not tried yet are claimed first', async () => {
        const ids = numberedIds(3);
        await put(...ids.map((id) => ({ id })));
        const [first] = await claim(NOW + 1, 1);
        await store.failImage(first ?? { taskId: ids[0], n: 0 }, { dueAtMs: NOW + 50, error: 'gone' });
        const again = await claim(NOW + 60);
        expect(again.map(({ attempts }) => attempts)).toEqual([0, 0, 1]);
        expect(again[2]?.taskId).toBe(first?.taskId);
      });

      test('are claimed only if they were due before a given time', async () => {
        await put({ id: numberedIds(1)[0] });
        const request = { nowMs: NOW + 100, limit: 10, leaseMs: () => 100 };
        expect(await store.claimImages({ ...request, dueBeforeMs: NOW - 1 })).toEqual([]);
        expect(await store.claimImages({ ...request, dueBeforeMs: NOW })).toHaveLength(1);
        expect(await claim(NOW + 199)).toEqual([]);
        expect(await claim(NOW + 200)).toHaveLength(1);
      });

      test('are deferred without counting as tried, unless they are archived', async () => {
        const [id, archived] = numberedIds(2);
        await put({ id }, { id: archived });
        await store.archiveImage({ taskId: archived, n: 0 }, image('aa'), NOW);
        const both = [id, archived].map((taskId) => ({ taskId, n: 0 }));
        await store.deferImages(both, { dueAtMs: NOW + 50, error: 'its host is down' });
        expect(await claim(NOW + 49)).toEqual([]);
        expect(await store.failingImages(5)).toMatchObject([{ taskId: id, error: 'its host is down' }]);
        await store.deferImages(both, { dueAtMs: NOW + 60 });
        expect((await store.imageStats()).reasons).toEqual([{ error: 'its host is down', count: 1 }]);
        expect(await claim(NOW + 60)).toMatchObject([{ taskId: id, attempts: 0 }]);
      });

      test('are archived, or fail and are retried, or are given up', async () => {
        const [id, other] = numberedIds(2);
        await put({ id }, { id: other });
        expect(await store.archiveImage({ taskId: id, n: 0 }, image('aa'), NOW)).toBe(true);
        await store.failImage({ taskId: other, n: 0 }, { dueAtMs: NOW + 50, error: 'gone' });
        expect(await store.image('aa')).toEqual(image('aa'));
        expect(await store.imagesOf([other, id])).toEqual([{ taskId: id, n: 0, ...image('aa') }]);
        expect(await store.imageStats()).toEqual({
          archived: 1,
          bytes: 10,
          wanted: 1,
          givenUp: 0,
          reasons: [{ error: 'gone', count: 1 }],
        });
        expect(await store.failingImages(5)).toEqual([
          { taskId: other, n: 0, attempts: 1, dueAtMs: NOW + 50, error: 'gone' },
        ]);
        await store.failImage({ taskId: other, n: 0 }, { dueAtMs: undefined, error: 'gone' });
        expect(await claim(NOW + 1e9)).toEqual([]);
        expect(await store.imageStats()).toMatchObject({ wanted: 0, givenUp: 1 });
        expect(await store.imagesOf([id])).toHaveLength(1);
      });

      test('that are due are counted up to a limit; those that are claimed do not wait', async () => {
        await put(...numberedIds(3).map((id) => ({ id })));
        expect(await store.countDueImages({ nowMs: NOW - 1, limit: 10 })).toBe(0);
        expect(await store.countDueImages({ nowMs: NOW + 1, limit: 10 })).toBe(3);
        expect(await store.countDueImages({ nowMs: NOW + 1, limit: 2 })).toBe(2);
        await claim(NOW + 1, 1);
        expect(await store.countDueImages({ nowMs: NOW + 1, limit: 10 })).toBe(2);
      });

      test('are listed by their tasks, newest first, without those whose file is missing', async () => {
        const [oldest, middle, newest] = numberedIds(3);
        const at = (seconds: number) => ({ createdAt: 1_700_000_000 + seconds });
        await put({ id: middle, ...at(10) }, { id: newest, ...at(20) }, { id: oldest, ...at(0) });
        for (const [taskId, sha256] of [
          [oldest, 'cc'],
          [middle, 'bb'],
          [newest, 'aa'],
        ] as const)
          await store.archiveImage({ taskId, n: 0 }, image(sha256), NOW);
        await store.recordMissingImages(['bb'], NOW);
        const { images, next } = await store.newestImages();
        expect(images).toEqual([image('aa'), image('cc')]);
        expect(await store.newestImages(next)).toEqual({ images: [], next: undefined });
      });

      test('are removed with the last task that has them', async () => {
        const [id, other] = numberedIds(2);
        await put({ id }, { id: other });
        for (const taskId of [id, other]) await store.archiveImage({ taskId, n: 0 }, image('aa'), NOW);
        expect((await store.remove(id)).orphans).toEqual([]);
        expect((await store.remove(other)).orphans).toEqual([image('aa')]);
        expect(await store.image('aa')).toBeUndefined();
        expect(await store.archiveImage({ taskId: id, n: 0 }, image('bb'), NOW)).toBe(false);
        expect(await store.image('bb')).toBeUndefined();
      });
    });

    describe('documents', () => {
      test('are returned with their exact text', async () => {
        const odd =
          ' {"id":"odd", "created_at":1e9,"n":1.0,"big":12345678901234567890,"s":"\\u00e9\\ud800é猫🐈"} ';
        await put(parseDocument(odd, NOW));
        expect((await store.get(idOf('odd')))?.text).toBe(odd);
        expect((await store.getMany([idOf('odd')]))[0]?.text).toBe(odd);
        expect(await store.get(idOf('other'))).toBeUndefined();
      });

      test('any document text survives', async (context) => {
        const AT_ONCE = 100;
        const rounds = tries(3, 100);
        const written = fc.tuple(
          fc.uuid({ version: 4 }),
          fc.jsonValue({ noUnicodeString: false }),
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            '1e3',
            '1.0',
            '-0',
            '12345678901234567890',
            '1736304669.779',
            '"\\ud800\\u0000\\/"',
          ),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(written, { minLength: AT_ONCE, maxLength: AT_ONCE, selector: ([id]) => id }),
            async (documents) => {
              const texts = documents.map(([id, more, prompt, odd]) =>
                documentText({ id, prompt, more: { more }, state: 'pending' }).replace(
                  '{',
                  `{ "odd" :${odd},`,
                ),
              );
              await put(...texts.map((text) => parseDocument(text, NOW)));
              const stored = await store.getMany(documents.map(([id]) => idOf(id)));
              expect(stored.map(({ text }) => text)).toEqual(texts);
            },
          ),
          { numRuns: rounds },
        );
        expect(await store.audit()).toEqual([]);
        showFigure(context, `${(rounds * AT_ONCE).toLocaleString('en')} random documents, 0 bytes changed`);
      });

      test('getMany returns the requested order, each once, unknown ids left out', async () => {
        const ids = numberedIds(5);
        await put(...ids.map((id) => ({ id })));
        const asked = [ids[3], idOf('unknown'), ids[1], ids[3], ids[4]] as TaskId[];
        expect((await store.getMany(asked)).map(({ id }) => id)).toEqual([ids[3], ids[1], ids[4]]);
        expect(await store.getMany([])).toEqual([]);
      });

      test('findIds returns ids by how they begin, of documents, placeholders and tracked ids', async () => {
        const ids = ['aaaaaa', 'aaaaaa-1', 'aaaaaa-2', 'aaaaab', 'AAAAAA', 'aaaaaa\u{10ffff}x'].map(idOf);
        const [first, second, third, fourth] = ids as [TaskId, TaskId, TaskId, TaskId];
        await put(
          { id: first, more: { user_id: 'me' } },
          { id: second, more: { user_id: 'them' } },
          { id: fourth },
        );
        await store.addPlaceholder(placeholderTask({ id: third, kind: 'images', request: '{}' }, NOW), {
          nowMs: NOW,
          dueAtMs: NOW,
        });
        await store.track([idOf('aaaaaa-3'), idOf('aaaaaa%')], NOW);
        const find = (prefix: string, search = {}) => store.findIds(prefix, { limit: 10, ...search });
        expect(await find('aaaaaa')).toEqual(['aaaaaa', 'aaaaaa%', 'aaaaaa-1', 'aaaaaa-2', 'aaaaaa-3']);
        expect(await find('aaaaaa', { limit: 2 })).toEqual(['aaaaaa', 'aaaaaa%']);
        expect(await find('aaaaaa', { onlyDocuments: true })).toEqual(['aaaaaa', 'aaaaaa-1']);
        expect(await find('aaaaaa-')).toEqual(['aaaaaa-1', 'aaaaaa-2', 'aaaaaa-3']);
        expect(await find('%')).toEqual([]);
        const within = { userIds: ['me'], applicationIds: [] };
        expect(await find('aaaaaa', { within })).toEqual(['aaaaaa']);
        expect(await find('aaaaaa-', { within })).toEqual([]);
      });

      test('joinFinished returns the same texts joined, and leaves out unfinished and unknown tasks', async () => {
        const ids = numberedIds(200);
        const documents = ids.map((id, at) =>
          document({ id, prompt: `一只猫 ${at}`, state: at % 4 ? 'succeeded' : 'pending' }),
        );
        await put(...documents);
        const asked = [...ids].reverse();
        const finished = documents.filter(({ state }) => state !== 'pending').reverse();
        const joined = await store.concatFinished([idOf('unknown'), ...asked]);
        expect(Buffer.from(joined.text).toString()).toBe(finished.map(({ text }) => text).join(','));
        expect([joined.count, joined.fetchedAtMs]).toEqual([150, NOW]);
        const none = await store.concatFinished([idOf('unknown')]);
        expect([none.count, none.text.length, none.fetchedAtMs]).toEqual([0, 0, undefined]);
      });

      test('counts new, newer, identical and kept documents', async () => {
        const [a, b] = numberedIds(2);
        expect(await put({ id: a }, { id: b, state: 'pending' })).toMatchObject({ inserted: 2 });
        expect(await put({ id: a }, { id: b, state: 'pending' })).toMatchObject({ unchanged: 2 });
        expect(await put({ id: b })).toMatchObject({ updated: 1 });
        expect(await put({ id: a, prompt: 'changed' })).toMatchObject({ kept: 1, regressions: 1 });
      });

      test('a later confirmation makes an unfinished document fresh again', async () => {
        const [id] = numberedIds(1);
        const pending = document({ id, state: 'pending' });
        await put(pending);
        await store.storeDocuments({
          documents: [pending],
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: NOW + 5,
        });
        expect((await store.get(id))?.fetchedAtMs).toBe(NOW + 5);
      });

      test('a finished document never changes, and an older response never replaces a newer one, in any sequence', async (context) => {
        const AT_ONCE = tries(200, 1000);
        const rounds = tries(1, 10);
        const step = fc.record({
          state: fc.constantFrom('pending', 'succeeded', 'failed'),
          version: fc.nat(3),
          seq: fc.nat(20),
        });
        const sequences = fc.array(fc.array(step, { maxLength: 12 }), {
          minLength: AT_ONCE,
          maxLength: AT_ONCE,
        });
        const ids = numberedIds(AT_ONCE);
        await fc.assert(
          fc.asyncProperty(sequences, async (tasks) => {
            const fresh = await open();
            const base = await fresh.nextRequestSeq();
            const expected = ids.map(() => ({
              frozen: undefined as string | undefined,
              newestSeq: -1,
              text: undefined as string | undefined,
            }));
            for (let at = 0; at < 12; at += 1) {
              // The answers of all tasks to this step, a request after the other.
              for (let seq = 0; seq <= 20; seq += 1) {
                const documents: TaskDocument[] = [];
                tasks.forEach((steps, n) => {
                  const now = steps[at];
                  const known = expected[n];
                  if (now?.seq !== seq || !known) return;
                  const { state, version } = now;
                  const one = document({ id: ids[n] ?? '', state: state as 'pending', more: { version } });
                  documents.push(one);
                  if (known.frozen !== undefined) return;
                  if (one.state !== 'pending') known.frozen = one.text;
                  else if (seq >= known.newestSeq) [known.newestSeq, known.text] = [seq, one.text];
                });
                await fresh.storeDocuments({ documents, requestSeq: base + seq, fetchedAtMs: NOW });
              }
              const stored = new Map((await fresh.getMany(ids)).map(({ id, text }) => [id, text]));
              expect(ids.map((id) => stored.get(id))).toEqual(
                expected.map(({ frozen, text }) => frozen ?? text),
              );
            }
            expect(await fresh.audit()).toEqual([]);
          }),
          { numRuns: rounds },
        );
        showFigure(context, `0 undone in ${(rounds * AT_ONCE).toLocaleString('en')} random sequences`);
      });

      test('remove deletes the document, its search row and its tracking; a response in flight does not bring it back', async () => {
        const [id] = numberedIds(1);
        await put({ id, prompt: 'a zebra', state: 'pending' });
        await store.track([id], NOW);
        const inFlight = await store.nextRequestSeq();
        expect(await store.remove(id)).toEqual({ wasKnown: true, orphans: [] });
        expect(await found('zebra')).toEqual([]);
        expect((await store.tracked({ limit: 5, offset: 0 })).total).toBe(0);
        const late = await store.storeDocuments({
          documents: [document({ id })],
          requestSeq: inFlight,
          fetchedAtMs: NOW,
        });
        expect([late.kept, await store.get(id)]).toEqual([1, undefined]);
        expect(await put({ id, prompt: 'a zebra' })).toMatchObject({ inserted: 1 });
        expect(await found('zebra')).toEqual([id]);
        expect(await store.remove(idOf('unknown'))).toEqual({ wasKnown: false, orphans: [] });
      });

      test('stream returns everything once, oldest first', async () => {
        const ids = numberedIds(1234);
        await put(...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + ((at * 7919) % 1234) })));
        const seen: { id: string; createdAtMs: number }[] = [];
        for await (const page of store.stream()) seen.push(...page);
        expect(new Set(seen.map(({ id }) => id)).size).toBe(1234);
        const times = seen.map(({ createdAtMs }) => createdAtMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      });
    });

    test('the history list and the stream are ordered by time to the millisecond, ties by arrival', async () => {
      const times = [5, 240, 17, 17, 249, 0, 100, 17];
      const ids = numberedIds(times.length);
      await put(...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + (times[at] ?? 0) / 1000 })));
      const rising = [5, 0, 2, 3, 7, 6, 1, 4].map((at) => ids[at]);
      const streamed: string[] = [];
      for await (const page of store.stream()) streamed.push(...page.map(({ id }) => id));
      expect(streamed).toEqual(rising);
      const { tasks } = await store.list({}, { limit: 5, offset: 2 });
      expect(tasks.map(({ id }) => id)).toEqual([...rising].reverse().slice(2, 7));
    });

    describe('the history list', () => {
      test('is newest first, filtered and paged, with the total of all matches', async () => {
        const ids = numberedIds(30);
        await put(
          ...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + at, userId: at % 2 ? 'odd' : 'even' })),
        );
        const page = await store.list(
          { values: { userId: ['odd'] }, fromMs: 1_770_000_005_000 },
          { limit: 3, offset: 1 },
        );
        expect(page.tasks.map(({ id }) => id)).toEqual([ids[27], ids[25], ids[23]]);
        expect(page.count).toBe(13);
      });
    });

    describe('search', () => {
      const prompts = {
        cats: 'Two Siamese cats, sleeping on a red sofa',
        dog: 'a dog on a red carpet',
        cafe: 'Café in PARIS, ｗｉｄｅ angle',
        chinese: '一只白色的暹罗猫，水墨画风格',
        japanese: 'カタカナの東京タワー',
        emoji: 'a smiling 🐈 in the rain',
        korean: '하얀 고양이가 자고 있다',
        thai: 'แมวสีขาวนอนหลับ',
        russian: 'Белая КОШКА спит',
        arabic: 'قِطَّةٌ بيضاء',
        empty: '',
        syntax: 'NEAR(a b) AND "quoted" OR col:umn -minus prefix*',
      };
      const ALL = Object.keys(prompts).reverse();
      beforeEach(async () => {
        await put(
          ...Object.entries(prompts).map(([id, prompt], at) => ({
            id,
            prompt,
            createdAt: 1_770_000_000 + at,
          })),
        );
      });

      test.each([
        ['cat', ['cats']],
        ['red', ['dog', 'cats']],
        ['red sofa', ['cats']],
        ['"red sofa"', ['cats']],
        ['"sofa red"', []],
        ['cafe', ['cafe']],
        ['paris WIDE', ['cafe']],
        ['猫', ['chinese']],
        ['暹罗', ['chinese']],
        ['罗暹', []],
        ['東京', ['japanese']],
        ['タワ', ['japanese']],
        ['🐈', ['emoji']],
        ['고양이', ['korean']],
        ['양이', ['korean']],
        ['แมว', ['thai']],
        ['สีขาว', ['thai']],
        ['кошка', ['russian']],
        ['кош*', ['russian']],
        ['قطة', ['arabic']],
        ['NEAR(a b)', ['syntax']],
        ['nothing-like-it', []],
        ['col:umn', ['syntax']],
        ['id:japane', ['japanese']],
        ['id:JAPANESE -猫', ['japanese']],
        ['id:japan', []],
        ['id:japan*', ['japanese']],
        ['https://img.example/dog.png', ['dog']],
        ['https://img.example/dog.png OR paris', ['cafe', 'dog']],
        ['cat -https://img.example/cats.png', []],
        [`artifact:${'0'.repeat(64)}`, []],
        ['', ALL],
        ['***', ALL],
      ])('%s', async (text, ids) => {
        expect(await found(text)).toEqual(ids);
      });

      test('no text is a syntax error, and every prompt is found by itself', async () => {
        await fc.assert(
          fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (prompt) => {
            const fresh = await open();
            const one = document({ id: 'it', prompt: prompt.toWellFormed() });
            await fresh.storeDocuments({
              documents: [one],
              requestSeq: await fresh.nextRequestSeq(),
              fetchedAtMs: NOW,
            });
            const page = await fresh.search(searchRequest(prompt));
            expect(page.hits.map(({ task }) => task.id)).toEqual(['it']);
          }),
          { numRuns: 60 },
        );
      });

      test('filters by time (half-open), state, model and user', async () => {
        const filter = { fromMs: 1_770_000_001_000, toMs: 1_770_000_003_000 };
        expect(await found('', { filter })).toEqual(['cafe', 'dog']);
        await put({
          id: 'failed',
          state: 'failed',
          model: 'flux-pro',
          userId: 'me',
          createdAt: 1_770_000_050,
        });
        expect(await found('', { filter: { values: { state: ['failed'] } } })).toEqual(['failed']);
        expect(
          await found('cat', { filter: { values: { model: ['flux-pro', 'x'], userId: ['me'] } } }),
        ).toEqual(['failed']);
      });

      test('a changed prompt is found by the new words only', async () => {
        await put({ id: 'pending', state: 'pending', prompt: 'an owl' });
        await put({ id: 'pending', state: 'succeeded', prompt: 'an eagle' });
        expect([await found('owl'), await found('eagle')]).toEqual([[], ['pending']]);
      });
    });

    test('pages return everything once, in both orders, while documents are added', async () => {
      const ids = numberedIds(95);
      // Many share a second, and even a millisecond.
      await put(...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + Math.floor(at / 40) })));
      for (const sort of ['newest', 'oldest'] as const) {
        const seen: string[] = [];
        let after: SearchPage['next'];
        do {
          const page = await search('cat', { sort, limit: 10, ...(after === undefined ? {} : { after }) });
          seen.push(...page.hits.map(({ task }) => task.id));
          expect(page.total).toBeGreaterThanOrEqual(95);
          after = page.next;
          await put({
            id: `${sort}-${seen.length}`,
            createdAt: sort === 'newest' ? 1_780_000_000 : 1_760_000_000,
          });
        } while (after !== undefined);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining(ids));
      }
    });

    test('a total is exact up to the limit, and a lower bound beyond it', async () => {
      const ids = numberedIds(COUNT_LIMIT + 1);
      await put(...ids.slice(0, COUNT_LIMIT).map((id) => ({ id })));
      expect(await search('cat')).toMatchObject({ total: COUNT_LIMIT, totalIsExact: true });
      await put({ id: ids[COUNT_LIMIT] ?? '' });
      expect(await search('cat')).toMatchObject({ total: COUNT_LIMIT, totalIsExact: false });
    });

    describe('tracking', () => {
      const claim = (limit = 50, nowMs = NOW, leaseMs = 1000) =>
        store.claimDue({ dueBeforeMs: nowMs, nowMs, limit, leaseMs });
      const settled = async (claims: readonly Claim[], dueAtMs: number | undefined) =>
        store.storeDocuments({
          documents: [],
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: NOW,
          outcomes: claims.map((claim) => ({
            claim,
            dueAtMs,
            unknownSinceMs: undefined,
            error: undefined,
          })),
        });

      test('reports how many ids were new, and loses none', async () => {
        const ids = numberedIds(3);
        await put({ id: ids[2] });
        expect(await store.track([...ids, ids[0]], NOW)).toEqual({
          added: 2,
          revived: 0,
          alreadyTracked: 0,
          alreadyFinished: 1,
        });
        expect(await store.track(ids, NOW)).toMatchObject({ added: 0, alreadyTracked: 2 });
        expect(await store.filterTracked(['nobody' as TaskId, ids[0]])).toEqual([ids[0]]);
        expect(await store.untrack(ids[0])).toBe(true);
        expect(await store.untrack(ids[0])).toBe(false);
        expect((await store.tracked({ limit: 1, offset: 0 })).total).toBe(1);
      });

      test('claims take due ids, longest due first, and each once until its lease ends', async () => {
        const ids = numberedIds(6);
        for (const [at, id] of ids.entries()) await store.track([id], NOW - at);
        const first = await claim(4);
        expect(first.map(({ id }) => id).sort()).toEqual(ids.slice(2).sort());
        expect((await claim()).map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
        expect(await claim()).toEqual([]);
        expect(await claim(50, NOW + 999)).toEqual([]);
        expect(await claim(50, NOW + 1000)).toHaveLength(6);
      });

      test('a result from an older claim is ignored', async () => {
        const [id] = numberedIds(1);
        await store.track([id], NOW);
        const old = await claim();
        const current = await claim(50, NOW + 2000);
        await settled(old, NOW + 99_000);
        expect((await store.tracked({ limit: 1, offset: 0 })).items[0]?.dueAtMs).toBe(NOW);
        await settled(current, NOW + 50_000);
        const [item] = (await store.tracked({ limit: 1, offset: 0 })).items;
        expect([item?.dueAtMs, item?.attempts]).toEqual([NOW + 50_000, 1]);
        await settled(current, NOW + 70_000); // told twice
        expect((await store.tracked({ limit: 1, offset: 0 })).items[0]?.dueAtMs).toBe(NOW + 50_000);
      });

      test('released claims are due again at once, unchanged', async () => {
        await store.track(numberedIds(3), NOW);
        await store.release(await claim());
        expect((await claim()).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
      });

      test('a finished document ends its tracking in the same transaction', async () => {
        const [id] = numberedIds(1);
        await store.track([id], NOW);
        await claim();
        await put({ id });
        expect((await store.tracked({ limit: 1, offset: 0 })).total).toBe(0);
      });

      test('a given-up id stays visible, is never due, and is resumed when requested', async () => {
        const [id] = numberedIds(1);
        await store.track([id], NOW);
        await settled(await claim(), undefined);
        expect((await store.tracked({ limit: 1, offset: 0 })).items[0]).toMatchObject({
          id,
          dueAtMs: undefined,
        });
        expect([await claim(50, NOW + 1e12), (await store.stats(NOW)).givenUp]).toEqual([[], 1]);
        expect(await store.track([id], NOW + 5)).toMatchObject({ revived: 1 });
        expect(await claim(50, NOW + 5)).toMatchObject([{ id, attempts: 0, unknownSinceMs: undefined }]);
      });

      test('an id due far in the future, because a clock was wrong, becomes due', async () => {
        const [id] = numberedIds(1);
        await store.track([id], NOW + 10 * 365 * 86_400_000);
        expect(await claim()).toHaveLength(1);
      });
    });

    test('request numbers increase', async () => {
      const numbers = [
        await store.nextRequestSeq(),
        await store.nextRequestSeq(),
        await store.nextRequestSeq(),
      ];
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(3);
    });

    describe('two processes on one mirror', () => {
      test('take their request numbers from one counter', async () => {
        const beside = await openMirror('command');
        const numbers: number[] = [];
        for (let turn = 0; turn < 5; turn += 1)
          numbers.push(await store.nextRequestSeq(), await beside.nextRequestSeq());
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      });

      test('the later response for a pending task wins, from either process', async () => {
        const [id] = numberedIds(1);
        const beside = await openMirror('command');
        const receive = async (by: Store, version: number) =>
          by.storeDocuments({
            documents: [document({ id, state: 'pending', more: { version } })],
            requestSeq: await by.nextRequestSeq(),
            fetchedAtMs: NOW + version,
          });
        await receive(beside, 1);
        expect(await receive(store, 2)).toMatchObject({ updated: 1, kept: 0 });
        expect((await store.get(id))?.fetchedAtMs).toBe(NOW + 2);
        expect(await receive(beside, 3)).toMatchObject({ updated: 1, kept: 0 });
        expect(await receive(store, 3)).toMatchObject({ unchanged: 1 });
        expect((await beside.get(id))?.fetchedAtMs).toBe(NOW + 3);
      });

      /** Claims one id and starts a run, and says so. */
      const work = async (by: Store, id: TaskId, nowMs = NOW) => {
        await by.recordHeartbeat(nowMs);
        await by.startRun({ trigger: 'command', startedAtMs: nowMs });
        await by.track([id], nowMs);
        const claims = await by.claimDue({ dueBeforeMs: nowMs, nowMs, limit: 1, leaseMs: HOUR });
        expect(claims.map((claim) => claim.id)).toEqual([id]);
      };
      const claimedBy = async (by: Store, nowMs: number) =>
        (await by.claimDue({ dueBeforeMs: nowMs, nowMs, limit: 9, leaseMs: HOUR })).map(({ id }) => id);
      const outcomes = async () => (await store.runs(9)).map(({ outcome }) => outcome);

      test('a starting server leaves a running command its claims and its run', async () => {
        const [id] = numberedIds(1);
        await work(await openMirror('command'), id);
        await store.close();
        store = await openMirror('server');
        await store.recordHeartbeat(NOW + SERVER_TIMEOUT_MS - 1);
        expect(await claimedBy(store, NOW + 1)).toEqual([]);
        expect(await outcomes()).toEqual(['running']);
      });

      test('the claims of a process that has stopped are released after a while', async () => {
        const [first, second] = numberedIds(2);
        const beside = await openMirror('command');
        await work(beside, first);
        await work(store, second);
        const laterMs = NOW + SERVER_TIMEOUT_MS;
        await beside.recordHeartbeat(laterMs - 1);
        await store.recordHeartbeat(laterMs);
        expect(await claimedBy(store, laterMs)).toEqual([]);
        expect(await outcomes()).toEqual(['running', 'running']);
        await store.recordHeartbeat(laterMs - 1 + SERVER_TIMEOUT_MS);
        expect(await claimedBy(store, laterMs)).toEqual([first]);
        expect(await outcomes()).toEqual(['running', 'interrupted']);
      });
    });

    test('runs are recorded, newest first', async () => {
      const first = await store.startRun({ trigger: 'schedule', startedAtMs: NOW });
      const second = await store.startRun({ trigger: 'api', startedAtMs: NOW + 1 });
      const counts = {
        claimed: 3,
        finished: 2,
        pending: 1,
        unknown: 0,
        failed: 0,
        givenUp: 0,
        requests: 1,
        regressions: 0,
        dropped: 0,
        discovered: 4,
      };
      await store.endRun(first, { endedAtMs: NOW + 9, outcome: 'unreachable', counts, error: 'gone' });
      expect(await store.runs(10)).toMatchObject([
        { id: second, trigger: 'api', outcome: 'running', endedAtMs: undefined },
        { id: first, outcome: 'unreachable', endedAtMs: NOW + 9, counts, error: 'gone' },
      ]);
      expect(await store.runs(1)).toHaveLength(1);
    });

    describeCircuit(() => store);
    describeWall(open);
    describeActivity(open);
    describeMarks(open);
    describeCollections(open);
    describeSavedSearches(open);
    describeCallbacks(open);
    describeWebhooks(open);

    describeUnusedImages(() => store);
    describeCollectionImports(open);

    test('stats count by state', async () => {
      await put(
        { createdAt: 1_770_000_000 },
        { state: 'failed', createdAt: 1_770_000_009 },
        { state: 'pending', createdAt: 1_770_000_005 },
      );
      await store.track(numberedIds(2), NOW);
      expect(await store.stats(NOW)).toMatchObject({
        total: 3,
        byState: { pending: 1, succeeded: 1, failed: 1 },
        oldestMs: 1_770_000_000_000,
        newestMs: 1_770_000_009_000,
        tracked: 2,
        due: 2,
        givenUp: 0,
      });
    });
  });
}

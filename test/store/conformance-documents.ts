/** What every store must do with documents; a part of conformance.ts. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { placeholderTask } from '../../src/task/placeholder-task.ts';
import {
  archivedImage,
  type DocumentOptions,
  document,
  documentText,
  numberedIds,
} from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { tries } from '../helpers/thorough.ts';
import { putDocuments } from './put-documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const idOf = (id: string) => id as TaskId;

export function describeDocuments(open: () => MaybePromise<Store>): void {
  describe('documents', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);

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
        fc.constantFrom('1e3', '1.0', '-0', '12345678901234567890', '1736304669.779', '"\\ud800\\u0000\\/"'),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(written, { minLength: AT_ONCE, maxLength: AT_ONCE, selector: ([id]) => id }),
          async (documents) => {
            const texts = documents.map(([id, more, prompt, odd]) =>
              documentText({ id, prompt, more: { more }, state: 'pending' }).replace('{', `{ "odd" :${odd},`),
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

    test('stream returns everything once, oldest first', async () => {
      const ids = numberedIds(1234);
      await put(...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + ((at * 7919) % 1234) })));
      const seen: { id: string; createdAtMs: number }[] = [];
      for await (const page of store.stream()) seen.push(...page);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(1234);
      const times = seen.map(({ createdAtMs }) => createdAtMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
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

    test('of several texts that are added as one checkpoint, one is kept', async () => {
      const texts = ['one', 'two', 'three'];
      const added = await Promise.all(texts.map(async (text) => store.addCheckpoint('a', text)));
      expect(new Set(added)).toEqual(new Set([await store.readCheckpoint('a')]));
      await store.setCheckpoint('a', 'four');
      expect(await store.addCheckpoint('a', 'five')).toBe('four');
      expect(await store.readCheckpoint('a')).toBe('four');
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

    test('request numbers increase', async () => {
      const numbers = [
        await store.nextRequestSeq(),
        await store.nextRequestSeq(),
        await store.nextRequestSeq(),
      ];
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(3);
    });

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

    test('stats tell the times of the oldest and the newest task to the millisecond', async () => {
      const START_S = 1_770_000_000;
      // Arrived in another order than they were created, within a quarter of a second.
      for (const ms of [100, 0, 50, 9040, 9200, 9120]) await put({ createdAt: START_S + ms / 1000 });
      const { oldestMs = 0, newestMs = 0 } = await store.stats(NOW);
      expect([oldestMs, newestMs]).toEqual([START_S * 1000, START_S * 1000 + 9200]);
    });
  });
}

export function describeHistory(open: () => MaybePromise<Store>): void {
  describe('the history list', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);

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
}

import { beforeEach, describe, expect, test } from 'vitest';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { archivedImage, document, numberedIds } from '../../helpers/documents.ts';
import { showFigure } from '../../helpers/figure.ts';
import { countDeadlocks, createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { tries } from '../../helpers/thorough.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const RUN_MS = tries(1500, 60_000);

let url: string;
let stores: PostgresStore[];

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresTestStore(url)));
});

describe('several processes', () => {
  test(
    'write the same tasks at the same time without errors or damage',
    async (context) => {
      const ids = numberedIds(120);
      let seed = 1;
      const random = (below: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % below;
      };
      const choose = (count: number) =>
        Array.from({ length: count }, () => ids[random(ids.length)] as TaskId);
      const states = ['pending', 'pending', 'succeeded', 'failed'] as const;
      const writeOnce = async (store: PostgresStore) => {
        const what = random(10);
        if (what === 0) await store.removeMany(choose(3));
        else if (what === 1) await store.track(choose(5), NOW);
        else if (what === 2) {
          const claims = await store.claimDue({ dueBeforeMs: NOW, nowMs: NOW, limit: 10, leaseMs: 1 });
          await store.release(claims);
        } else if (what === 3)
          for (const taskId of choose(2))
            await store.archiveImage({ taskId, n: 0 }, archivedImage(`a${random(4)}`), NOW);
        else {
          const documents = choose(20).map((id) =>
            document({ id, state: states[random(4)] ?? 'pending', prompt: `${random(50)} cats` }),
          );
          await store.storeDocuments({
            documents,
            requestSeq: await store.nextRequestSeq(),
            fetchedAtMs: NOW,
            trackPendingAtMs: NOW,
          });
        }
      };
      const deadlocks = await countDeadlocks(url);
      const end = performance.now() + RUN_MS;
      let writes = 0;
      await Promise.all(
        Array.from({ length: 12 }, async (_, writer) => {
          const store = stores[writer % stores.length];
          for (; store && performance.now() < end; writes += 1) await writeOnce(store);
        }),
      );
      expect(writes).toBeGreaterThan(12);
      expect(await stores[0]?.audit()).toEqual([]);
      expect(await findLostImages()).toEqual([]);
      const [finished] = await runSql(
        url,
        "SELECT count(*)::int AS n FROM tracked JOIN tasks USING (id) WHERE state <> 'pending'",
      );
      expect(finished).toEqual({ n: 0 });
      await Promise.all(stores.map((store) => store.close())); // then PostgreSQL counts what they did
      expect(await countDeadlocks(url)).toBe(deadlocks);
      showFigure(context, `${writes} writes by 12 writers of 4 processes, 0 errors, 0 deadlocks`);
    },
    RUN_MS + 60_000,
  );

  test('claim no id twice', async () => {
    const ids = numberedIds(200);
    await stores[0]?.track(ids, NOW);
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        stores[at % stores.length]?.claimDue({ dueBeforeMs: NOW, nowMs: NOW, limit: 7, leaseMs: 1000 }),
      ),
    );
    const claimed = claims.flat().map((claim) => claim?.id);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBe(200);
  });

  test('claim no image twice whose bytes are to be removed', async () => {
    const sha256s = Array.from({ length: 100 }, (_, at) => at.toString(16).padStart(64, '0'));
    for (const sha256 of sha256s) await stores[0]?.reserveImage({ sha256, mediaType: 'image/png' }, NOW - 1);
    const request = { nowMs: NOW, unusedBeforeMs: NOW, limit: 7, leaseMs: 1000 };
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, at) => stores[at % stores.length]?.claimUnusedImages(request)),
    );
    const claimed = claims.flat().map((image) => image?.sha256);
    expect(claimed.toSorted()).toEqual(sha256s);
  });

  test('never lose an image that one task gets while another one with it is removed', async () => {
    const pairs = numberedIds(40).map((id) => [id, `${id}-other` as TaskId] as const);
    const documents = pairs.flat().map((id) => document({ id }));
    await stores[0]?.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: NOW });
    const image = archivedImage('aa');
    for (const [, other] of pairs) await stores[0]?.archiveImage({ taskId: other, n: 0 }, image, NOW);
    await Promise.all(
      pairs.map(async ([id, other], at) => {
        const [one, two] = [stores[at % 4], stores[(at + 1) % 4]];
        await Promise.all([one?.archiveImage({ taskId: id, n: 0 }, image, NOW), two?.remove(other)]);
      }),
    );
    expect(await findLostImages()).toEqual([]);
    expect(await stores[0]?.image('aa')).toEqual(image);
  });
});

/** Images of tasks of which nothing more is known. */
function findLostImages() {
  return runSql(
    url,
    'SELECT sha256 FROM task_images WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM images)',
  );
}

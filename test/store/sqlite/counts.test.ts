/** The counts that triggers update, against counting the tasks, after everything that writes tasks. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FacetRequest } from '../../../src/store/contract/search.ts';
import { openDatabase } from '../../../src/store/sqlite/database.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { backUp } from '../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../src/store/sqlite/recovery/restore.ts';
import { countFacets, scanFacets } from '../../../src/store/sqlite/search/facets.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { olderMirror } from '../../helpers/older-mirror.ts';
import { searchRequest } from '../../helpers/search.ts';
import { openTestStore, temporaryDataDir, temporaryDirectory } from '../../helpers/test-mirror.ts';
import { tries } from '../../helpers/thorough.ts';

const clock = new ManualClock();
const NOW = clock.now();
const IDS = numberedIds(12);
const START = Date.UTC(2025, 0, 1);
const HOUR = 3_600_000;

const text = fc.constantFrom(undefined, null, '', 'a', 'A', 'b');
/** Many at the same time, which displaces their positions, and many at the edges of days. */
const createdAtMs = fc.oneof(
  fc.constant(START),
  fc.integer({ min: -30, max: 30 }).map((hours) => START + hours * HOUR),
  fc.integer({ min: -30, max: 30 }).map((hours) => START + hours * HOUR - 1),
  fc.integer({ min: 0, max: 40 * 96 }).map((quarters) => START + quarters * 900_000),
  fc.integer({ min: START - 400 * 24 * HOUR, max: START + 400 * 24 * HOUR }),
);
const values = fc.record({
  id: fc.constantFrom(...IDS),
  state: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const),
  model: text,
  size: text,
  action: text,
  userId: text,
  applicationId: text,
  createdAtMs,
  amount: fc.constantFrom(undefined, null, 0, 0.04, 1.5, 2.68, -1, 1e9, '3'),
});
type Values = typeof values extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('store' as const), tasks: fc.array(values, { maxLength: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ kind: 'reread' as const }),
  },
);

const bound = fc.option(fc.oneof(createdAtMs, fc.constant(START + 5)), { nil: undefined });
const listed = fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 2 });
const question = fc.record({
  words: fc.constantFrom(
    ...[
      '',
      'state:failed',
      'model:a',
      'model:a*',
      '-model:a',
      'model:b OR state:pending',
      'size:a after:2025-01-03',
    ],
    ...[
      'before:2025-01-20',
      'state:failed OR before:2025-01-20',
      '-(state:failed OR -action:b)',
      'cat',
      'seed:7',
    ],
    ...['on:2025-01 state:succeeded', 'id:0000*'],
  ),
  by: fc.constantFrom('day' as const, 'month' as const, 'year' as const),
  timeZone: fc.constantFrom(
    ...['UTC', 'Asia/Shanghai', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin', 'Pacific/Apia'],
    ...['America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'America/Santiago', '-03:30'],
  ),
  fromMs: bound,
  toMs: bound,
  userIds: listed,
  applicationIds: listed,
  users: listed,
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

const createDocument = ({ id, state, createdAtMs: ms, amount, ...values }: Values) => {
  const { model, size, action, userId, applicationId } = values;
  const responses = {
    pending: {},
    succeeded: { success: true, data: [{ image_url: `https://img.example/${id}.png` }] },
    failed: { success: false, error: { code: 'bad_request' } },
  };
  return document(
    {
      id,
      state,
      createdAt: ms / 1000,
      more: {
        request: { prompt: 'a cat', model, size, action },
        response: { ...responses[state], cost: { amount, currency: 'credit' } },
        user_id: userId,
        application_id: applicationId,
      },
    },
    NOW,
  );
};

function createRequest({ words, by, timeZone, fromMs, toMs, ...limits }: Question): FacetRequest {
  const { userIds, applicationIds, users } = limits;
  return {
    query: searchRequest(words).query,
    filter: {
      values: { userId: users },
      within: { userIds, applicationIds },
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(toMs === undefined ? {} : { toMs }),
    },
    by,
    timeZone,
  };
}

function query(dataDir: string, sql: string): unknown[] {
  const raw = new Database(join(dataDir, 'mirror.db'));
  try {
    return raw.prepare(sql).all();
  } finally {
    raw.close();
  }
}

function alter(file: string, sql: string): void {
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
}

function expectRightCounts(dataDir: string): void {
  const of = 'service, model, size, action, state, user_id, application_id';
  const counted = query(dataDir, `SELECT ${of}, count(*) AS n FROM tasks GROUP BY ${of} ORDER BY ${of}`);
  expect(query(dataDir, `SELECT ${of}, n FROM task_counts ORDER BY ${of}`)).toEqual(counted);
  const ofDay = 'day, state, user_id, application_id';
  expect(query(dataDir, `SELECT ${ofDay}, n, cost FROM day_counts ORDER BY ${ofDay}`)).toEqual(
    query(
      dataDir,
      `SELECT created_at / 86400000 AS day, state, user_id, application_id, count(*) AS n,
         ifnull(sum(cost), 0) AS cost FROM tasks
       GROUP BY 1, 2, 3, 4 ORDER BY ${ofDay}`,
    ),
  );
}

/** A closed mirror whose tasks differ in all counted values. */
async function createMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const documents = fc.sample(values, { numRuns: 60, seed: 1 }).map(createDocument);
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: NOW });
  await store.close();
  return dataDir;
}

test('counts are those of the tasks, and facets from them are those of a scan, whatever was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(question, { minLength: 20, maxLength: 20 }),
      async (steps, questions) => {
        const dataDir = temporaryDataDir();
        let store = await openStore({ dataDir, clock, mode: 'owner' });
        for (const done of steps) {
          if (done.kind === 'store')
            await store.storeDocuments({
              documents: done.tasks.map(createDocument),
              requestSeq: await store.nextRequestSeq(),
              fetchedAtMs: NOW,
            });
          else if (done.kind === 'remove') await store.remove(done.id);
          else {
            await store.close();
            // As an older version read them.
            alter(
              join(dataDir, 'mirror.db'),
              "UPDATE tasks SET state = 'succeeded', type = NULL, cost = NULL; UPDATE facts SET value = '0' WHERE name = 'reading-version'",
            );
            store = await openStore({ dataDir, clock, mode: 'owner' });
            while (await store.rereadSome(NOW));
          }
        }
        const { total, byState } = await store.stats(NOW);
        await store.close();
        expectRightCounts(dataDir);
        const db = openDatabase(join(dataDir, 'mirror.db'), { readonly: true, isMapped: false });
        const [{ drift } = { drift: 0 }] = query(
          dataDir,
          "SELECT value AS drift FROM facts WHERE name = 'drift'",
        ) as { drift: string }[];
        for (const request of questions.map(createRequest))
          expect(countFacets(db, request, Number(drift))).toEqual(scanFacets(db, request, Number(drift)));
        const tasks = db.raw.prepare('SELECT state FROM tasks').pluck().all();
        expect(total).toBe(tasks.length);
        for (const [state, count] of Object.entries(byState))
          expect(tasks.filter((one) => one === state)).toHaveLength(count);
        db.raw.close();
      },
    ),
    { numRuns: tries(30, 500) },
  );
});

describe('the counts are right', () => {
  test('after the migration of a mirror that had none', async () => {
    const older = olderMirror(join(await createMirror(), 'mirror.db'), 11);
    await (await openStore({ dataDir: older, clock, mode: 'owner' })).close();
    expectRightCounts(older);
    expect(query(older, 'SELECT sum(n) AS n FROM task_counts')).not.toEqual([{ n: 0 }]);
  });

  test.each([
    'UPDATE task_counts SET n = n + 1000',
    'DELETE FROM task_counts; DELETE FROM day_counts',
    'UPDATE tasks SET cost = 5; UPDATE day_counts SET cost = -7',
    'UPDATE day_counts SET hidden = 4; UPDATE task_counts SET hidden = n',
    "UPDATE day_counts SET n = 'none', day = -day - 0.5",
    "INSERT INTO task_counts VALUES ('flux', 'forged', NULL, NULL, 'failed', NULL, NULL, 9e999, 7)",
  ])('after a restore of a backup with forged ones: %s', async (forgery) => {
    const backup = join(temporaryDirectory(), 'backup.db');
    await backUp(await createMirror(), backup);
    alter(
      backup,
      `${forgery}; UPDATE tasks SET user_id = 'forged' WHERE position IN (SELECT min(position) FROM tasks)`,
    );
    const dataDir = temporaryDirectory();
    restore(dataDir, backup, NOW);
    expectRightCounts(dataDir);
    expect(await (await openTestStore(dataDir)).audit()).toEqual([]);
  });

  test('after a rebuild, and an audit reports when they are not', async () => {
    const dataDir = await createMirror();
    alter(
      join(dataDir, 'mirror.db'),
      'UPDATE task_counts SET n = n + 1; DELETE FROM day_counts WHERE day % 2 = 0',
    );
    const store = await openStore({ dataDir, clock, mode: 'owner' });
    expect(await store.audit()).toEqual([
      { id: 'task_counts', problem: 'the counts differ from the tasks' },
      { id: 'day_counts', problem: 'the counts differ from the tasks' },
    ]);
    await store.close();
    rebuild(dataDir, clock);
    expectRightCounts(dataDir);
  });
});

test.each(['model', 'size', 'action', 'state', 'user_id', 'application_id', 'created_at', 'cost'])(
  'a change of %s alone is counted, also from and to null',
  async (column) => {
    const dataDir = await createMirror();
    const changes = {
      state: ["'failed'", "'pending'"],
      created_at: ['1', '86400000'],
      cost: ['5', '5', 'NULL', '7'],
    }[column] ?? [...['NULL', "''", "'a'", 'NULL', "'a'"]];
    for (const value of changes) {
      alter(
        join(dataDir, 'mirror.db'),
        `UPDATE tasks SET ${column} = ${value} WHERE position = (SELECT min(position) FROM tasks)`,
      );
      expectRightCounts(dataDir);
    }
  },
);

test('a row that is stored again without a change of its values writes no counts', async () => {
  const dataDir = await createMirror();
  alter(
    join(dataDir, 'mirror.db'),
    `CREATE TRIGGER no_counts BEFORE UPDATE ON task_counts BEGIN SELECT raise(ABORT, 'written'); END;
     CREATE TRIGGER no_days BEFORE UPDATE ON day_counts BEGIN SELECT raise(ABORT, 'written'); END;
     UPDATE tasks SET state = state, model = model, created_at = created_at + 1 - 1, cost = cost, fetched_at = 5, position = position + 1e6`,
  );
});

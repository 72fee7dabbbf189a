/** The same random sequence of calls on both engines: equal answers, equal changes, and the same state at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { InvalidTag } from '../../../src/task/marks.ts';
import { createEmptyDatabase } from '../../helpers/empty-database.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { temporaryDataDir } from '../../helpers/test-mirror.ts';
import { IS_THOROUGH, tries } from '../../helpers/thorough.ts';
import { callbackCalls } from './sequences/callback-calls.ts';
import { collectionCalls, savedSearchCalls } from './sequences/collection-calls.ts';
import { storingCalls, trackingCalls } from './sequences/document-calls.ts';
import { imageCalls } from './sequences/image-calls.ts';
import { markCalls } from './sequences/mark-calls.ts';
import { normalizeAnswer, sortChanges } from './sequences/normalize.ts';
import { processCalls } from './sequences/process-calls.ts';
import { readCalls } from './sequences/read-calls.ts';
import { readState } from './sequences/read-state.ts';
import { type Call, type Engine, type Session, startSession } from './sequences/session.ts';
import { webhookCalls } from './sequences/webhook-calls.ts';

const SEQUENCES = tries(40, 800);
const MAX_CALLS = 150;
/** The same ones each time, but in the long form. */
const SEED = IS_THOROUGH ? {} : { seed: 1 };
/** A sequence that fails is made shorter for so long; then what is left of it is shown. */
const MAX_MS = 1_200_000;

beforeEach((context) => requireOnMachine(context, 'postgres'));

const documentCalls = [...storingCalls, ...trackingCalls];
const people = [...markCalls, ...collectionCalls, ...savedSearchCalls];
const messages = [...webhookCalls, ...callbackCalls];

/** What a sequence is about: calls that concern the same things meet more often when there are no others. */
const TOPICS: readonly (readonly fc.WeightedArbitrary<Call>[])[] = [
  [...documentCalls, ...imageCalls, ...people, ...messages, ...processCalls, ...readCalls],
  documentCalls,
  [...storingCalls, ...readCalls],
  [...storingCalls, ...imageCalls],
  [...storingCalls, ...people, ...readCalls],
  [...storingCalls, ...savedSearchCalls, ...webhookCalls],
  [...storingCalls, ...callbackCalls],
  processCalls,
];

/** Seconds that pass before a call. */
const pauseS = fc.constantFrom(0, 0, 0, 1, 60, 3600);
const steps = fc.oneof(
  ...TOPICS.map((calls) =>
    fc.array(fc.record({ call: fc.oneof(...calls), pauseS }), {
      minLength: 1,
      maxLength: MAX_CALLS,
      size: 'max',
    }),
  ),
);

/** @param parent the directory of all test mirrors */
function createSqliteEngine(parent: string): Engine {
  const dataDir = mkdtempSync(join(parent, 'sequence-'));
  createEmptyDatabase(dataDir);
  return {
    open: (clock) => openStore({ dataDir, clock, mode: 'owner' }),
    remove: () => rmSync(dataDir, { recursive: true }),
  };
}

async function createPostgresEngine(): Promise<Engine> {
  const url = await createTestDatabase();
  return {
    open: (clock) => openPostgresStore({ url, clock, kind: 'server', poolSize: 2 }),
    remove: () => undefined, // the next one empties it
  };
}

/** What a call is answered, or why it is refused, and what the store tells of it. */
async function makeCall(session: Session, { run }: Call): Promise<unknown> {
  const answer = await run(session).catch((error: unknown) => {
    if (error instanceof InvalidTag) return error;
    throw error;
  });
  return { answer: normalizeAnswer(answer, session.seen), changes: sortChanges(session.takeChanges()) };
}

test(`both engines answer ${SEQUENCES} random sequences of calls alike, and store the same`, async () => {
  const parent = temporaryDataDir();
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (sequence, isSingle) => {
      const clock = new ManualClock();
      const sessions = [
        await startSession(createSqliteEngine(parent), { clock, isSingle }),
        await startSession(await createPostgresEngine(), { clock, isSingle }),
      ];
      try {
        for (const [at, { call: made, pauseS: pause }] of sequence.entries()) {
          // A millisecond for each call: no two calls are at the same time, nor is what becomes due by them whole seconds later.
          clock.advance(pause * 1000 + 1);
          const [ofSqlite, ofPostgres] = await Promise.all(
            sessions.map((session) => makeCall(session, made)),
          );
          const name = `call ${at}: ${made[fc.toStringMethod]()}`;
          expect({ name, result: ofPostgres }).toEqual({ name, result: ofSqlite });
        }
        const [ofSqlite, ofPostgres] = await Promise.all(
          sessions.map(async (session) => normalizeAnswer(await readState(session), session.seen)),
        );
        expect(ofPostgres).toEqual(ofSqlite);
        expect(ofSqlite).toMatchObject({ audit: [] });
      } finally {
        for (const session of sessions) await session.end();
      }
    }),
    { numRuns: SEQUENCES, ...SEED, interruptAfterTimeLimit: MAX_MS, markInterruptAsFailure: true },
  );
}, 1_800_000);

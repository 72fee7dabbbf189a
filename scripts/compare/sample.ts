/**
 * The same upstream account for every run: the simulator with a stopped clock and seeded randomness, so that documents are
 * identical each time, except for the simulator's address.
 */
import { createSeededRandom } from '../../src/simulator/random.ts';
import { sampleTasks, VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { readPrompts } from '../../test/helpers/prompts.ts';

export const UPSTREAM_TOKEN = 'upstream-secret-token';
export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

export interface Sample {
  readonly simulator: Simulator;
  /** Ids of the imported documents, oldest first. */
  readonly imported: readonly string[];
  /** Finished tasks known only to the upstream. */
  readonly unseen: readonly string[];
  readonly pending: readonly string[];
  readonly failed: string;
  readonly vendorIds: readonly string[];
  /** JSON Lines. */
  readonly importFile: string;
  readonly ids: ReadonlySet<string>;
}

const FINISHED = 400;
const UNSEEN = 20;
const NEVER_MS = 1e12;
const HOUR_MS = 3_600_000;

/** @param nowMs the time at which the account's clock stands */
export async function startSample(nowMs: number): Promise<Sample> {
  const random = createSeededRandom(20261125);
  const simulator = await startSimulator({
    token: UPSTREAM_TOKEN,
    now: () => nowMs,
    random: createSeededRandom(7),
    taskDurationMs: 0,
  });
  simulator.seed(VENDOR_DOCUMENTS);
  const prompts = readPrompts();
  const tasks = sampleTasks(FINISHED, random).map((task, at) => ({
    ...task,
    prompt: at % 2 === 0 ? task.prompt : (prompts[at * 3] ?? task.prompt),
    createdAtMs: nowMs - (FINISHED - at) * 11 * HOUR_MS,
    durationMs: 0,
    ...(at % 7 === 0 ? { count: 2 } : {}),
    ...(at % 5 === 0 ? { userId: 'user-of-another-team', applicationId: 'another-application' } : {}),
  }));
  const finished = tasks.map((task) => simulator.addTask(task));
  const pending = sampleTasks(3, random).map((task) => simulator.addTask({ ...task, durationMs: NEVER_MS }));
  const failed = simulator.addTask({
    prompt: 'a cat holding a forbidden sign',
    durationMs: 0,
    createdAtMs: nowMs - HOUR_MS,
    fails: { code: 'bad_request', message: 'prompt was flagged by the content policy' },
  });
  const imported = [VENDOR_IDS[0], ...finished.slice(0, -UNSEEN), ...pending, failed];
  return {
    simulator,
    imported,
    unseen: finished.slice(-UNSEEN),
    pending,
    failed,
    vendorIds: VENDOR_IDS,
    importFile: imported.map((id) => `${simulator.documentText(id)}\n`).join(''),
    ids: new Set(
      [...VENDOR_DOCUMENTS.join(' ').matchAll(/[0-9a-f-]{36}/g)]
        .map(([id]) => id)
        .concat(
          imported
            .concat(finished)
            .flatMap((id) => (simulator.documentText(id) ?? '').match(/[0-9a-f-]{36}/g) ?? []),
          UNKNOWN_ID,
        ),
    ),
  };
}

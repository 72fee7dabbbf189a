/** Reads what the status page shows: as much as the caller's token may see, and as much as can be read. */
import { readLastBackup } from '../../../backup/last-backup.ts';
import { ApiError } from '../../../lib/api-error.ts';
import { formatIsoTime } from '../../../lib/iso-time.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type { ActivityView } from '../../../views/activity-schema.ts';
import { serializeFailingImage } from '../../../views/failing-image-json.ts';
import { serializeRun } from '../../../views/run-json.ts';
import type { FacetsAnswer, SearchPageView } from '../../../views/search-schema.ts';
import { readStatus } from '../../../views/status-json.ts';
import type { TrackedList } from '../../../views/tracked-schema.ts';
import type { PageData } from '../../../web/view/page-data.ts';
import { getDay } from '../../../web/view/periods.ts';
import type {
  MirrorStatus,
  PeriodList,
  StatusData,
  TaskTotals,
  TrackedItem,
} from '../../../web/view/status-data.ts';
import type { ServerDeps } from '../../deps.ts';

const MAX_RUNS = 60;
const MAX_TRACKED = 50;
const MAX_FAILING = 50;
/** Characters of a prompt, more than a line of the table shows. */
const MAX_PROMPT_LENGTH = 200;

/** Asks a thread on behalf of the caller. @throws ApiError */
export type AskRoute = (
  route: 'search' | 'facets' | 'tracked' | 'activity',
  params: URLSearchParams,
) => Promise<string>;

export type StatusDeps = Pick<ServerDeps, 'store' | 'clock' | 'log'>;

/** @param limits of the caller's token; undefined: it sees everything */
export async function readStatusData(
  page: PageData,
  deps: StatusDeps,
  { ask, limits }: { ask: AskRoute; limits: TaskLimits | undefined },
): Promise<StatusData> {
  const { store, log } = deps;
  /** What can't be read is left out: the rest of the page is what an operator needs now. */
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      // An expected error is the caller's, who has hung up, or of a thread that is busy, which says so itself.
      if (!(error instanceof ApiError))
        log.error({ err: error, what }, 'a part of the status page could not be read');
      return null;
    }
  };
  const { seesAll } = page.rights;
  const own = seesAll ? await attempt('status', () => readMirror(deps)) : null;
  return {
    ...page,
    totals: own?.totals ?? (seesAll ? null : await attempt('totals', () => countTasks(ask))),
    failedToday: await attempt('failed today', () => countFailedToday(page, ask)),
    tracked: await attempt('tracked ids', () => readTracked(ask)),
    failing: await attempt('failing pictures', async () =>
      (await store.failingImages(MAX_FAILING, limits)).map(serializeFailingImage),
    ),
    days: await attempt('days', () => readPeriods('day', page, ask)),
    months: await attempt('months', () => readPeriods('month', page, ask)),
    mirror: own?.mirror ?? null,
    isUnreadable: seesAll && own === null,
  };
}

async function readMirror({
  store,
  clock,
}: StatusDeps): Promise<{ totals: TaskTotals; mirror: MirrorStatus }> {
  const { total, by_state, images, database_bytes, due, given_up, callbacks, upstream } = await readStatus({
    store,
    clock,
  });
  const backup = await readLastBackup(store);
  return {
    totals: { total, ...by_state },
    mirror: {
      ...{ images, database_bytes, due, given_up, callbacks, upstream },
      runs: (await store.runs(MAX_RUNS)).map(serializeRun).map((run) => ({
        id: run.id,
        trigger: run.trigger,
        started_at: run.started_at,
        ended_at: run.ended_at,
        outcome: run.outcome,
        finished: run.finished,
        requests: run.requests,
        error: run.error,
      })),
      backup: { at: formatIsoTime(backup.atMs), error: backup.error ?? null },
    },
  };
}

/** Of the tasks that a limited token sees. */
async function countTasks(ask: AskRoute): Promise<TaskTotals> {
  const { total, state } = parseAnswer<FacetsAnswer>(
    await ask('facets', new URLSearchParams({ only: 'state' })),
  );
  const count = (name: string) => (state ?? []).find(({ value }) => value === name)?.count ?? 0;
  return { total, pending: count('pending'), succeeded: count('succeeded'), failed: count('failed') };
}

async function countFailedToday({ nowMs, timeZone }: PageData, ask: AskRoute): Promise<number> {
  const params = new URLSearchParams({
    ...{ state: 'failed', from: getDay(nowMs, timeZone), tz: timeZone, limit: '1' },
  });
  return parseAnswer<SearchPageView>(await ask('search', params)).total;
}

async function readTracked(ask: AskRoute): Promise<NonNullable<StatusData['tracked']>> {
  const limit = String(MAX_TRACKED);
  const { items, total } = parseAnswer<TrackedList>(await ask('tracked', new URLSearchParams({ limit })));
  const prompts = items.length === 0 ? new Map<string, string>() : await readPrompts(items, ask);
  return {
    items: items.map(
      ({ id, due_at, given_up, attempts, unknown_since, last_error }): TrackedItem => ({
        ...{ id, due_at, given_up, attempts, unknown_since, last_error },
        prompt: prompts.get(id) ?? null,
      }),
    ),
    total,
  };
}

/** The prompts of tasks that are known, if only by their request. */
async function readPrompts(items: TrackedList['items'], ask: AskRoute): Promise<Map<string, string>> {
  const params = new URLSearchParams({ limit: String(MAX_TRACKED), fields: 'tile' });
  for (const { id } of items) params.append('id', id);
  const { items: hits } = parseAnswer<SearchPageView>(await ask('search', params));
  return new Map(hits.map(({ id, prompt }) => [id, prompt.slice(0, MAX_PROMPT_LENGTH)]));
}

/** As many as the charts show. */
async function readPeriods(
  by: PeriodList['by'],
  { timeZone: tz }: PageData,
  ask: AskRoute,
): Promise<PeriodList> {
  return parseAnswer<ActivityView>(await ask('activity', new URLSearchParams({ by, tz })));
}

/** The answers are those of our own threads. */
function parseAnswer<T>(text: string): T {
  return JSON.parse(text) as T;
}

/** `flux-mirror verify`: compares stored tasks with what the upstream says of them now. */
import { Command, Option } from 'commander';
import { createVerifyDeps } from '../app/verify-deps.ts';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import { type VerifyResult, verifyTasks } from '../verify/verify.ts';
import { EXIT } from './failure.ts';
import { printNote } from './output.ts';
import { startProgress } from './progress.ts';
import {
  addQueryOptions,
  hintAtMinus,
  parseLimit,
  type QueryOptions,
  type QueryReading,
  readQuery,
  streamMatchingPages,
} from './query-options.ts';
import { requireUpstream } from './require-upstream.ts';
import { addSettings, readConfig } from './settings.ts';
import { createJsonReport, createTextReport } from './verify-output.ts';

interface VerifyCommandOptions extends QueryOptions {
  limit: number;
  all?: boolean;
  links?: boolean;
  json?: boolean;
}

const DEFAULT_LIMIT = 1000;

export function createVerifyCommand(): Command {
  const command = addQueryOptions(new Command('verify'))
    .summary('compare finished tasks with the upstream')
    .description(
      'Asks the upstream again for stored finished tasks, the newest first, and reports what differs: changed, or gone. Stores nothing. Exits with 1 if anything differs or could not be checked.',
    )
    .argument(
      '[query...]',
      'only what a search for this finds exactly; put -- before it if it starts with a minus',
    )
    .option('--limit <n>', 'how many tasks to check', parseLimit, DEFAULT_LIMIT)
    .addOption(new Option('--all', 'check all of them').conflicts('limit'))
    .option('--links', 'also ask the hosts of their images and videos whether these are still there')
    .option('--json', 'print what was found as JSON')
    .configureOutput({ outputError: (text, write) => write(hintAtMinus(text, 'verify')) });
  return addSettings(command, 'upstream').action(async (words: string[], options: VerifyCommandOptions) => {
    const question = readQuery(words.join(' '), options);
    const config = readConfig(command);
    const upstreamToken = requireUpstream(config, 'a check');
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    await runWithStore(config, 'reader', async (store) => {
      const surroundings = { clock: systemClock, signal: stopping.signal };
      const { deps, close } = createVerifyDeps(config, upstreamToken, store, surroundings);
      const limit = options.all ? Number.POSITIVE_INFINITY : options.limit;
      let total = 0;
      const ids = streamFinishedIds(store, question, limit, (count) => {
        total = count;
      });
      const report = options.json ? createJsonReport() : createTextReport();
      const progress = await startProgress('tasks', systemClock);
      const result = await verifyTasks(deps, {
        ids,
        checksLinks: options.links === true,
        signal: stopping.signal,
        onFinding: report.add,
        onProgress: (done) => progress.update(done, total),
        onWait: (untilMs) => printNote(`the upstream asks to wait until ${new Date(untilMs).toISOString()}`),
      }).finally(() => {
        progress.end();
        close();
      });
      report.end(result);
      if (!isAllWell(result)) process.exitCode = EXIT.failed;
    });
  });
}

/** A dead link is a loss only if the archive has no copy; one that could not be checked says nothing. */
function isAllWell({ outcome, tasks, links }: VerifyResult): boolean {
  const differences = tasks.changed + tasks.gone + tasks.notChecked + (links?.lost ?? 0);
  return outcome === 'done' && differences === 0;
}

/**
 * The finished tasks that match, hidden ones included as in an export; a placeholder task is never finished.
 * @param onTotal called with their number if it is known, at most `limit`
 */
async function* streamFinishedIds(
  store: Store,
  { query, filter, nowMs }: QueryReading,
  limit: number,
  onTotal: (count: number) => void,
): AsyncGenerator<TaskId[]> {
  for (const note of query.notes) printNote(note);
  const finished = { ...filter, values: { state: ['succeeded', 'failed'] }, includesHidden: true };
  let isFirst = true;
  for await (const page of streamMatchingPages(
    store,
    { query, filter: finished, sort: 'newest', nowMs },
    limit,
  )) {
    if (isFirst) {
      if (page.totalIsExact || page.total >= limit) onTotal(Math.min(page.total, limit));
      if (page.indexedFromMs !== undefined)
        printNote('the search index is being rebuilt: older tasks are not found yet');
    }
    isFirst = false;
    yield page.hits.map(({ task }) => task.id);
  }
}

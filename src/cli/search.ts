/** `flux-mirror search`: prompts from the terminal. */
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../clock.ts';
import { parseDate } from '../search/dates.ts';
import { parseQuery } from '../search/query.ts';
import { type SearchHit, searchHit } from '../server/search-hit.ts';
import type { TaskFilter } from '../store/contract.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { print, printJson, remark } from './output.ts';
import { configFor, withSettings } from './settings.ts';
import { withStore } from './with-store.ts';

interface SearchOptions {
  from?: string;
  to?: string;
  limit: number;
  oldest?: boolean;
  json?: boolean;
}

export function searchCommand(): Command {
  const command = new Command('search')
    .summary('search prompts')
    .description(
      'Searches the prompts: words (all must match), "phrases", and any run of Chinese, Japanese or Korean.',
    )
    .argument('<query...>', 'what to look for')
    .option('--from <date>', 'created from: 2026, 2026-03, 2026-03-14, an ISO 8601 time, 7d, yesterday')
    .option('--to <date>', 'created up to the end of that day, month or year')
    .option('--limit <n>', 'how many to show', parseLimit, 20)
    .option('--oldest', 'oldest first')
    .option('--json', 'print the hits as JSON');
  return withSettings(command).action(async (words: string[], options: SearchOptions) => {
    const query = parseQuery(words.join(' '));
    const filter = dateFilter(options);
    const page = await withStore(configFor(command), 'reader', async (store) =>
      store.search({ query, filter, sort: options.oldest ? 'oldest' : 'newest', limit: options.limit }),
    );
    const hits = page.tasks.map((task) => searchHit(task, query));
    if (options.json) {
      printJson({ items: hits, total: page.total, total_is_exact: page.totalIsExact });
      return;
    }
    for (const hit of hits) print(hitLine(hit));
    remark(`${hits.length} of ${page.totalIsExact ? '' : 'more than '}${page.total} hits`);
  });
}

function parseLimit(value: string): number {
  const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1) throw new InvalidArgumentError('it must be a whole number from 1 on.');
  return limit;
}

function dateFilter({ from, to }: SearchOptions): TaskFilter {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const read = (name: string, value: string | undefined) => {
    if (value === undefined) return undefined;
    const range = parseDate(value, timeZone, systemClock.now());
    if (!range)
      throw new CommandFailed(
        `--${name}: ${JSON.stringify(value)} is no date; try 2026-03, 2026-03-14 or 7d`,
        EXIT.usage,
      );
    return range;
  };
  const [first, last] = [read('from', from), read('to', to)];
  return { ...(first ? { fromMs: first.fromMs } : {}), ...(last ? { toMs: last.toMs } : {}) };
}

function hitLine(hit: SearchHit): string {
  const prompt = hit.prompt.replaceAll(/\s+/g, ' ');
  return `${hit.created_at.slice(0, 16).replace('T', ' ')}  ${hit.id}  ${hit.state.padEnd(9)}  ${hit.model ?? '-'}  ${prompt}`;
}

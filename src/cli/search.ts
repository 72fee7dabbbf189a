/** `flux-mirror search`: searches prompts from the terminal. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { createImageFiles, type ImageFiles } from '../archive/files.ts';
import { cleanField } from '../lib/clean-text.ts';
import { OPERATORS } from '../search/fields.ts';
import type { SearchPage, SortOrder } from '../store/contract/search.ts';
import { serializeHits } from '../views/search-hit.ts';
import type { SearchHit } from '../views/search-schema.ts';
import { adaptCommands, readLaunch } from './launch.ts';
import { listLocalFiles } from './local-files.ts';
import { formatCount, pluralize, printJson, printNote, printStyled } from './output.ts';
import { addQueryOptions, type QueryOptions, readQuery, streamMatchingPages } from './query-options.ts';
import { addSettings, readConfig } from './settings.ts';

interface SearchOptions extends QueryOptions {
  sort: SortOrder;
  group?: boolean;
  limit: number;
  all?: boolean;
  json?: boolean;
}

const VALUE_EXAMPLES = OPERATORS.filter((field) => field.kind !== 'date').map(
  ({ name, example }) => `${name}:${example}`,
);

const GRAMMAR = `
The query:
  red cat              both words, by their English stem (cats finds cat)
  "red cat"  猫        a phrase; any run of Chinese, Japanese or Korean
  cat OR dog  -blue    one of them; not that
  photogr*             words with this prefix
  (cat OR dog) snow    groups
  ${VALUE_EXAMPLES.join('  ')}
  5bc8fbbc             the task whose id begins so; a link or SHA-256 of an image finds its task too
  on:2026-03  after:7d  before:2026-03-14  on:yesterday  after:"last week"

Use single quotes for what your shell would interpret: 'cat -dog (snow OR rain)'`;

/** What is typed behind `--` is text. */
const FLAG = /^--[a-z]/;

export function createSearchCommand(): Command {
  const command = addQueryOptions(new Command('search'))
    .summary('search prompts')
    .description('Searches the prompts, in any language. The same grammar as the server.')
    .argument('<query...>', 'what to look for; put -- before it if it starts with a minus')
    .addOption(
      new Option('--sort <order>', 'order of the hits')
        .choices(['newest', 'oldest', 'relevance'])
        .default('newest'),
    )
    .option('--group', 'fold tasks of the same prompt into one hit')
    .option('--limit <n>', 'how many to show', parseLimit, 20)
    .option('--all', 'show all')
    .option('--json', 'print the hits as JSON')
    .addHelpText('after', GRAMMAR)
    .configureOutput({ outputError: (text, write) => write(hintAtMinus(text)) });
  return addSettings(command).action(async (words: string[], options: SearchOptions) => {
    for (const word of words.filter((word) => FLAG.test(word)))
      printNote(`"${word}" was read as a word to leave out: flags go before the --`);
    const { query, filter, nowMs } = readQuery(words.join(' '), options);
    const request = { query, filter, sort: options.sort, groupByPrompt: options.group ?? false, nowMs };
    const limit = options.all ? Number.POSITIVE_INFINITY : options.limit;
    const config = readConfig(command);
    const files = createImageFiles(config.dataDir);
    await runWithStore(config, 'reader', async (store) => {
      const found: SearchHit[] = [];
      let last: SearchPage | undefined;
      let shown = 0;
      for await (const page of streamMatchingPages(store, request, limit)) {
        last = page;
        shown += page.hits.length;
        const hits = await serializeHits(store, page.hits, query, config.basePath);
        if (options.json) found.push(...hits);
        else for (const line of await formatHits(hits, files, options.tz)) printStyled(line);
      }
      const total = last?.total ?? 0;
      for (const note of query.notes) printNote(note);
      if (last?.indexedFromMs !== undefined)
        printNote('the search index is being rebuilt: older tasks are not found yet');
      if (options.json)
        printJson({
          items: found,
          total,
          total_is_exact: last?.totalIsExact ?? true,
          notes: query.notes,
          understood: query.understood,
        });
      else printNote(describeTotal(shown, total, last?.totalIsExact ?? true));
    });
  });
}

/** A table on a terminal, with the paths of archived files; otherwise tab-separated and not truncated, for other programs. */
async function formatHits(
  hits: readonly SearchHit[],
  files: ImageFiles,
  timeZone: string | undefined,
): Promise<string[]> {
  const { isTTY, columns: width } = process.stdout;
  const listFiles = (hit: SearchHit | undefined) => (hit ? listLocalFiles(hit, files) : []);
  if (isTTY) {
    const { formatHitTable } = await import('./hit-table.ts');
    const rows = formatHitTable(hits, { columns: width, hasColors: process.stdout.hasColors() }, timeZone);
    return rows.flatMap((row, at) => [row, ...listFiles(hits[at]).map((path) => `    ${cleanField(path)}`)]);
  }
  return hits.map((hit) => {
    const { created_at, id, state, model, prompt } = hit;
    const [path] = listFiles(hit);
    const columns = [created_at, id, state, model ?? '-', prompt.replaceAll(/\s+/g, ' ')];
    return (path === undefined ? columns : [...columns, path]).map(cleanField).join('\t');
  });
}

function describeTotal(shown: number, total: number, isExact: boolean): string {
  const all = `${isExact ? '' : 'more than '}${pluralize(total, 'hit')}`;
  return shown < total ? `${formatCount(shown)} of ${all}; --limit and --all show more` : all;
}

/** A word to leave out looks like an option. */
function hintAtMinus(error: string): string {
  const [, option] = /^error: unknown option '(-[^']*)'/.exec(error) ?? [];
  if (option === undefined || option.startsWith('--')) return error;
  const example = adaptCommands(`flux-mirror search -- ${option}`, readLaunch());
  return `${error}(to leave a word out of the hits, put -- between the flags and the query: ${example})\n`;
}

function parseLimit(value: string): number {
  const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1) throw new InvalidArgumentError('it must be a whole number of at least 1.');
  return limit;
}

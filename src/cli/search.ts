/** `flux-mirror search`: searches prompts from the terminal. */
import { Command, Option } from 'commander';
import { openImageFiles } from '../app/open-image-files.ts';
import { runWithStore } from '../app/with-store.ts';
import type { Config } from '../config/config.ts';
import { collectWantedText, type Query } from '../search/ast.ts';
import { type MatchMode, readForMatch } from '../search/close/match-mode.ts';
import { OPERATORS } from '../search/fields.ts';
import { type Hit, RANKING_LIMIT, type SearchPage, type SortOrder } from '../store/contract/search.ts';
import { findAlternatives } from '../views/alternatives.ts';
import { describeDifference, explainHit, explainQuery } from '../views/explain-search.ts';
import { serializeHits } from '../views/search-hit.ts';
import type { SearchHit } from '../views/search-schema.ts';
import { printJson, printNote, printStyled } from './output.ts';
import {
  addQueryOptions,
  hintAtMinus,
  parseLimit,
  type QueryOptions,
  readQuery,
  streamMatchingPages,
} from './query-options.ts';
import { describeAlternatives, describeTotal, formatHits } from './search-output.ts';
import { addSettings, readConfig } from './settings.ts';

interface SearchOptions extends QueryOptions {
  sort?: SortOrder;
  group?: boolean;
  exact?: boolean;
  explain?: boolean;
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
    .description(
      'Searches the prompts, in any language. The same grammar as the server. When words are typed, the best matches come first, and those that lack a word or have it in another spelling follow.',
    )
    .argument('<query...>', 'what to look for; put -- before it if it starts with a minus')
    .addOption(
      new Option('--sort <order>', 'order of the hits (default: relevance when words are typed)').choices([
        'newest',
        'oldest',
        'relevance',
      ]),
    )
    .option('--group', 'fold tasks of the same prompt into one hit (default when words are typed)')
    .option('--no-group', 'show every task')
    .option('--exact', 'leave out close matches')
    .option('--explain', 'say how the query was understood, and why each hit ranks where it does')
    .option('--limit <n>', 'how many to show', parseLimit, 20)
    .option('--all', 'show all exact matches, the newest first')
    .option('--json', 'print the hits as JSON')
    .addHelpText('after', GRAMMAR)
    .configureOutput({ outputError: (text, write) => write(hintAtMinus(text, 'search')) });
  return addSettings(command).action(async (words: string[], options: SearchOptions) => {
    for (const word of words.filter((word) => FLAG.test(word)))
      printNote(`"${word}" was read as a word to leave out: flags go before the --`);
    await runSearch(readSearch(words.join(' '), options), options, readConfig(command));
  });
}

type Search = ReturnType<typeof readSearch>;

/** The request, with the defaults for people: the best matches first when words were typed, else the newest. */
function readSearch(text: string, options: SearchOptions) {
  const { query, parse, filter, nowMs } = readQuery(text, options);
  const isBounded = !options.all && options.limit <= RANKING_LIMIT;
  const match: MatchMode = options.exact || !isBounded ? 'exact' : 'close';
  const { query: required, dropped } = readForMatch(query, match);
  const hasWords = collectWantedText(query).length > 0;
  const sort: SortOrder = options.sort ?? (hasWords && isBounded ? 'relevance' : 'newest');
  const groupByPrompt = options.group ?? (hasWords && isBounded);
  return {
    request: { query: required, filter, nowMs, sort, groupByPrompt, match },
    optional: dropped,
    parse: (other: string) => readForMatch(parse(other), match).query,
  };
}

async function runSearch(search: Search, options: SearchOptions, config: Config): Promise<void> {
  const { request, parse } = search;
  const { query } = request;
  const limit = options.all ? Number.POSITIVE_INFINITY : options.limit;
  const files = await openImageFiles(config);
  await runWithStore(config, 'reader', async (store) => {
    const found: SearchHit[] = [];
    let last: SearchPage | undefined;
    let shown = 0;
    let close = 0;
    for await (const page of streamMatchingPages(store, request, limit)) {
      const isFirst = last === undefined;
      last = page;
      shown += page.hits.length;
      close += page.hits.filter((hit) => hit.close).length;
      const hits = await serializeHits(store, page.hits, query, config.basePath);
      if (options.json) {
        found.push(...hits);
        continue;
      }
      if (options.explain && isFirst)
        for (const line of explainQuery(query, search.optional, page)) printNote(line);
      const described = hits.map((hit, at) => ({
        hit,
        remarks: describeHit(query, page.hits[at], page, options),
      }));
      for (const line of (await formatHits(described, files, options.tz)).flat()) printStyled(line);
    }
    const total = last?.total ?? 0;
    const alternatives = await findAlternatives(store, {
      ...request,
      parse,
      isEmpty: total === 0,
      started: performance.now(),
    });
    for (const note of query.notes) printNote(note);
    if (last?.indexedFromMs !== undefined)
      printNote('the search index is being rebuilt: older tasks are not found yet');
    if (options.json) {
      printJson({
        items: found,
        total,
        total_is_exact: last?.totalIsExact ?? true,
        optional_words: search.optional,
        close_total: last?.closeRanking?.total ?? null,
        notes: query.notes,
        understood: query.understood,
        ...alternatives,
      });
      return;
    }
    for (const line of describeAlternatives(alternatives)) printNote(line);
    printNote(describeTotal({ shown, close, total, isExact: last?.totalIsExact ?? true }));
  });
}

/** What is said below the line of a hit. */
function describeHit(query: Query, hit: Hit | undefined, page: SearchPage, options: SearchOptions): string[] {
  if (!hit) return [];
  const difference = hit.close && process.stdout.isTTY ? [describeDifference(hit.close.difference)] : [];
  const reason = options.explain ? explainHit(query, hit, page) : undefined;
  return [...difference.filter((text) => text !== ''), ...(reason === undefined ? [] : [reason])];
}

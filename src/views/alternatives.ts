/**
 * What else a person may have meant: other spellings and readings of a query, how many tasks it finds without each of its parts,
 * and the values that there are of a field. All of it is counted among the tasks that the caller may see.
 */
import { uniqueBy } from '../lib/unique-by.ts';
import { createQuery, type FieldNode, type Query, type QueryNode } from '../search/ast.ts';
import type { WordChange } from '../search/close/assess.ts';
import { computeEditDistance } from '../search/close/edit-distance.ts';
import { splitQuery } from '../search/close/split-query.ts';
import { convertToLowerAscii } from '../search/fold.ts';
import { formatOperator } from '../search/parser.ts';
import type { FacetCount, FacetName, Facets, Hit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskFilter } from '../store/contract/tasks.ts';
import type { SearchAlternatives } from './search-schema.ts';

/** Other queries that are counted, of each kind. */
const MAX_ALTERNATIVES = 8;
/** Values of a field that are listed. */
const MAX_VALUES = 20;
/** Close matches whose spelling is offered. */
const CLOSE_HITS = 5;
/** Mistakes in the value of a field. */
const MAX_VALUE_MISTAKES = 2;
/** Counting ends so long after the search began; what has been counted is given. */
const TIME_LIMIT_MS = 800;
/** What a model or a size may look like: an ordinary word that finds something is not compared with all of them. */
const LIKELY_VALUE = /^\p{L}*[\d\-:._][\p{L}\d\-:._]*$/u;

const FACETS: readonly {
  readonly name: FacetName;
  readonly list: (facets: Facets) => readonly FacetCount[];
}[] = [
  { name: 'model', list: ({ models }) => models },
  { name: 'size', list: ({ sizes }) => sizes },
  { name: 'action', list: ({ actions }) => actions },
];

export interface AlternativesRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly nowMs: number;
  /** Parses a text in the same way as the query. */
  readonly parse: (text: string) => Query;
  /** Whether the query finds nothing exactly. */
  readonly isEmpty: boolean;
  /** Its close matches, if it asked for them. */
  readonly closeHits?: readonly Hit[];
  /** When the search began, as `performance.now()` had it. */
  readonly started: number;
}

interface Suggestion {
  readonly query: string;
  readonly reason: SearchAlternatives['did_you_mean'][number]['reason'];
}

export async function findAlternatives(
  store: Pick<Store, 'search' | 'facets'>,
  request: AlternativesRequest,
): Promise<SearchAlternatives> {
  const { query, filter, nowMs, parse, isEmpty, started } = request;
  const hasTime = () => performance.now() - started < TIME_LIMIT_MS;
  const count = async (counted: Query) => {
    const page = await store.search({ query: counted, filter, sort: 'newest', limit: 1, nowMs });
    return { total: page.total, total_is_exact: page.totalIsExact };
  };
  const countEach = async <Other>(
    others: readonly Other[],
    countOne: (other: Other) => ReturnType<typeof count>,
  ) => {
    const counted: (Other & Awaited<ReturnType<typeof count>>)[] = [];
    for (const other of others.slice(0, MAX_ALTERNATIVES))
      if (hasTime()) counted.push({ ...other, ...(await countOne(other)) });
    return counted;
  };
  const without = isEmpty
    ? await countEach(listRemovals(query), ({ at }) => count(removePart(query, at)))
    : [];
  const facets = mayNameValue(query, isEmpty)
    ? await store.facets({
        ...{ query: createQuery([]), filter: limitOnly(filter), by: 'year', timeZone: 'UTC' },
        only: FACETS.map(({ name }) => name),
      })
    : undefined;
  const suggestions = [
    ...listReadings(query),
    ...(facets ? listFieldReadings(query, facets) : []),
    ...(isEmpty && hasTime() ? await listSpellings(store, request) : []),
  ];
  const didYouMean = await countEach(
    uniqueBy(suggestions, (other) => other.query),
    (other) => count(parse(other.query)),
  );
  return {
    did_you_mean: didYouMean.filter(({ total }) => total > 0),
    without: without.map(({ at: _, ...removal }) => removal),
    values: isEmpty && facets ? listValues(query, facets) : [],
  };
}

/** The caller's limits, without other conditions: a value is listed wherever it occurs. */
function limitOnly({ within }: TaskFilter): TaskFilter {
  return within ? { within } : {};
}

function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

function removeText(query: Query, at: number): Query {
  return { ...query, texts: query.texts.map((own, index) => (index === at ? '' : own)) };
}

function replaceText(query: Query, at: number, text: string): string {
  return joinTexts(query.texts.map((own, index) => (index === at ? text : own)));
}

/** The readings that the parser did not choose. */
function listReadings(query: Query): Suggestion[] {
  return query.alternatives.flatMap(({ text, as }): Suggestion[] => {
    const at = query.texts.indexOf(text);
    return at < 0 ? [] : [{ query: replaceText(query, at, as), reason: 'date' }];
  });
}

function mayNameValue(query: Query, isEmpty: boolean): boolean {
  return isEmpty || splitQuery(query).loose.some(({ text }) => LIKELY_VALUE.test(text));
}

/** Words that are the name of a model or a size, or begin so, and values of fields that resemble one. */
function listFieldReadings(query: Query, facets: Facets): Suggestion[] {
  return query.parts.flatMap((part, at) => {
    const text = query.texts[at] ?? '';
    return FACETS.flatMap(({ name, list }) =>
      list(facets).flatMap(({ value }): Suggestion[] => {
        if (value === null) return [];
        if (part.kind === 'field')
          return part.field === name ? listOtherValues(query, at, { name, value, typed: part.value }) : [];
        const both = joinTexts([text, query.texts[at + 1] ?? '']).replace(' ', '-');
        if (isSameName(both, value))
          return [
            {
              query: replaceText(removeText(query, at + 1), at, formatOperator(name, value)),
              reason: 'field',
            },
          ];
        const named = isSameName(text, value) ? value : startsName(text, value) ? `${text}*` : undefined;
        return named === undefined
          ? []
          : [{ query: replaceText(query, at, formatOperator(name, named)), reason: 'field' }];
      }),
    );
  });
}

/** Another value of a field that begins with the typed one, or is hardly different. */
function listOtherValues(
  query: Query,
  at: number,
  { name, value, typed }: { name: string; value: string; typed: string },
): Suggestion[] {
  const named = startsName(typed, value) ? `${typed}*` : resembles(typed, value) ? value : undefined;
  return named === undefined
    ? []
    : [{ query: replaceText(query, at, formatOperator(name, named)), reason: 'spelling' }];
}

function isSameName(text: string, value: string): boolean {
  return convertToLowerAscii(value) === convertToLowerAscii(text);
}

/** Whether a text is the beginning of a longer name. */
function startsName(text: string, value: string): boolean {
  return (
    LIKELY_VALUE.test(text) &&
    text.length < value.length &&
    convertToLowerAscii(value).startsWith(convertToLowerAscii(text))
  );
}

function resembles(typed: string, value: string): boolean {
  const distance = computeEditDistance(typed, convertToLowerAscii(value), MAX_VALUE_MISTAKES);
  return distance > 0 && distance <= MAX_VALUE_MISTAKES;
}

/** The spellings of close matches that have every word. */
async function listSpellings(
  store: Pick<Store, 'search'>,
  { query, filter, nowMs, closeHits }: AlternativesRequest,
): Promise<Suggestion[]> {
  const request = {
    query,
    filter,
    sort: 'relevance',
    limit: CLOSE_HITS,
    groupByPrompt: true,
    nowMs,
  } as const;
  const hits = closeHits ?? (await store.search({ ...request, match: 'close' })).hits;
  return hits.slice(0, CLOSE_HITS).flatMap(({ close }): Suggestion[] => {
    if (!close || close.difference.missing.length > 0) return [];
    const { corrected, wordForms } = close.difference;
    const changes = [...corrected, ...wordForms];
    return changes.length === 0 ? [] : [{ query: applyChanges(query, changes), reason: 'spelling' }];
  });
}

/** A word that became one with its neighbour is written once. */
function applyChanges(query: Query, changes: readonly WordChange[]): string {
  const texts = query.texts.map((text) => {
    const whole = changes.find(({ from }) => from === text);
    const part = changes.find(({ from }) => text.includes(from));
    return whole?.to ?? (part ? text.replace(part.from, () => part.to) : text);
  });
  return joinTexts(texts.filter((text, at) => text !== texts[at - 1]));
}

/** @returns for each part, the query without it */
function listRemovals(query: Query): { part: string; query: string; at: number }[] {
  if (query.parts.length < 2) return [];
  return query.texts.map((part, at) => ({ part, query: replaceText(query, at, ''), at }));
}

function removePart(query: Query, at: number): Query {
  return createQuery(query.parts.filter((_, index) => index !== at));
}

/** The values of the fields that the query asks for. */
function listValues(query: Query, facets: Facets): SearchAlternatives['values'] {
  const asked = new Set(query.parts.flatMap(collectFields).map(({ field }) => String(field)));
  return FACETS.filter(({ name }) => asked.has(name)).map(({ name, list }) => ({
    field: name,
    values: list(facets)
      .flatMap(({ value, count }) => (value === null ? [] : [{ value, count }]))
      .slice(0, MAX_VALUES),
  }));
}

function collectFields(node: QueryNode): FieldNode[] {
  if (node.kind === 'field') return [node];
  return node.kind === 'and' || node.kind === 'or' ? node.parts.flatMap(collectFields) : [];
}

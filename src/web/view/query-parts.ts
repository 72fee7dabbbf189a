/**
 * The parts of a query as they were typed, for chips that remove one, and for the colours of the search box. The server has the
 * parser (src/search/parser.ts); this only tells where a part begins and ends.
 */

/** The operators of src/search/fields.ts. */
export const OPERATOR_NAMES = [
  ...['model', 'size', 'action', 'state', 'seed', 'id', 'artifact', 'is', 'has', 'rating', 'tag'],
  ...['before', 'after', 'on'],
] as const;

export interface QueryPart {
  /** [start, end) in the query, UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** `operator` is `model:flux-dev`; `logic` is a bracket, or OR between two parts. */
  readonly kind: 'word' | 'phrase' | 'operator' | 'logic';
  readonly isNegated: boolean;
}

const OPERATOR = new RegExp(`^(?:${OPERATOR_NAMES.join('|')})[:\uFF1A]`, 'i');
const TOKEN = /-?(?:[\p{L}_]+[:\uFF1A])?"[^"]*"?|[()（）]|[^\s()（）"]+/gu;

/** Splits a query into its parts, in their order. */
export function splitParts(query: string): QueryPart[] {
  return Array.from(query.matchAll(TOKEN), (match) => {
    const text = match[0];
    const isNegated = text.length > 1 && text.startsWith('-');
    const start = match.index;
    return {
      ...{ start, end: start + text.length, text, isNegated },
      kind: findKind(isNegated ? text.slice(1) : text),
    };
  });
}

function findKind(text: string): QueryPart['kind'] {
  if (text === 'OR' || text === '|' || /^[()（）]$/.test(text)) return 'logic';
  if (OPERATOR.test(text) && text.length > text.search(/[:\uFF1A]/) + 1) return 'operator';
  return text.startsWith('"') ? 'phrase' : 'word';
}

/** Whether a query has words to rank by, and not only operators. */
export function hasWords(query: string): boolean {
  return splitParts(query).some(
    ({ kind, isNegated }) => (kind === 'word' || kind === 'phrase') && !isNegated,
  );
}

/** A part that a chip can remove: alternatives and brackets go as a whole. */
export interface RemovablePart {
  readonly text: string;
  /** The query without it. */
  readonly without: string;
}

/** The removable parts of a query; neighbouring words without operators are one part each. */
export function listRemovableParts(query: string): RemovablePart[] {
  return groupAlternatives(splitParts(query)).map(({ start, end }) => ({
    text: query.slice(start, end),
    without: `${query.slice(0, start)} ${query.slice(end)}`.replace(/\s+/g, ' ').trim(),
  }));
}

type Span = Pick<QueryPart, 'start' | 'end'>;

/** Joins what is in brackets, and what `OR` connects. */
function groupAlternatives(parts: readonly QueryPart[]): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let joins = false;
  for (const { start, end, text, kind } of parts) {
    const last = spans.at(-1);
    const isOr = kind === 'logic' && (text === 'OR' || text === '|');
    const isOpening = text === '(' || text === '（';
    const isClosing = text === ')' || text === '）';
    if (last && (joins || depth > 0 || isOr || isClosing))
      spans[spans.length - 1] = { start: last.start, end };
    else spans.push({ start, end });
    if (isOpening) depth += 1;
    if (isClosing) depth = Math.max(0, depth - 1);
    joins = isOr || isOpening;
  }
  return spans;
}

/** Whether chips say more than the box itself. */
export function hasOperators(query: string): boolean {
  return splitParts(query).some(({ kind, isNegated }) => kind !== 'word' || isNegated);
}

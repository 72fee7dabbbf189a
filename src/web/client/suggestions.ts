/** What may complete a query: names of operators, their values, words of the history. */
import type { Suggestion } from '../components/actions.ts';
import type { FacetData, TagCount } from '../view/data.ts';
import { OPERATOR_NAMES } from '../view/query-parts.ts';
import { VALUE_FILTERS } from '../view/url.ts';
import type { Api } from './api.ts';

const MAX_SUGGESTIONS = 8;
/** In quotes, a value may have spaces. */
const QUOTED_VALUE = /(-?)([\p{L}_]+)[:\uFF1A](")([^"]*)$/u;
const LAST_PART = /(-?)(?:([\p{L}_]+)[:\uFF1A])?("?)([^\s"()]*)$/u;

/** @param timeZone of dates in the query @throws ApiFailure, or the browser's error */
export async function suggest(
  api: Api,
  text: string,
  timeZone: string,
  signal: AbortSignal,
): Promise<Suggestion[]> {
  const match = QUOTED_VALUE.exec(text) ?? LAST_PART.exec(text);
  const [whole = '', , operator = '', quote = '', value = ''] = match ?? [];
  const before = text.slice(0, text.length - whole.length);
  const name = operator.toLowerCase();
  const complete = (each: string) => {
    const quoted = /[\s()（）]/.test(each) ? `"${each}"` : each;
    return `${before}${whole.slice(0, whole.length - quote.length - value.length)}${quoted} `;
  };
  const known = MARK_VALUES[name];
  if (known)
    return suggestValues(
      known.map((each) => ({ value: each, count: undefined })),
      value,
      complete,
    );
  if (name === 'tag') {
    const { items } = await loadTags(api, value, signal);
    return suggestValues(
      items.map(({ tag, count }) => ({ value: tag, count })),
      '',
      complete,
    );
  }
  const isFilter = VALUE_FILTERS.find((each) => each === name);
  if (isFilter) {
    // Of what the rest of the query finds: a value that is not complete finds nothing.
    const facets = await api.get<FacetData>(
      'api/facets',
      new URLSearchParams({ q: before, tz: timeZone, only: isFilter }),
      signal,
    );
    return suggestValues(facets[isFilter] ?? [], value, complete);
  }
  if (operator !== '' || value === '') return [];
  const operators = OPERATOR_NAMES.filter(
    (name) => value.length > 1 && name.startsWith(value.toLowerCase()),
  ).map(
    (name): Suggestion => ({
      query: `${text.slice(0, text.length - value.length)}${name}:`,
      text: `${name}:`,
      count: undefined,
      isOperator: true,
    }),
  );
  const params = new URLSearchParams({ q: text, limit: String(MAX_SUGGESTIONS) });
  const { items } = await api.get<{ items: { word: string; uses: number; query: string }[] }>(
    'api/suggest',
    params,
    signal,
  );
  const words = items.map(
    ({ word, uses, query }): Suggestion => ({ query, text: word, count: uses, isOperator: false }),
  );
  return [...operators, ...words].slice(0, MAX_SUGGESTIONS);
}

export function loadTags(
  api: Pick<Api, 'get'>,
  prefix: string,
  signal: AbortSignal,
): Promise<{ readonly items: readonly TagCount[] }> {
  const params = new URLSearchParams({ prefix, limit: String(MAX_SUGGESTIONS) });
  return api.get('api/tags', params, signal);
}

/** The values of operators that are always the same. */
const MARK_VALUES: Readonly<Record<string, readonly string[]>> = {
  is: ['starred', 'hidden'],
  has: ['tag', 'note', 'rating'],
  rating: ['5', '>=4', '>=3', '>=2', '>=1'],
};

function suggestValues(
  values: readonly { readonly value: string | null; readonly count: number | undefined }[],
  typed: string,
  complete: (value: string) => string,
): Suggestion[] {
  const prefix = typed.toLowerCase();
  return values
    .flatMap(({ value, count }) =>
      value?.toLowerCase().includes(prefix)
        ? [{ query: complete(value), text: value, count, isOperator: true }]
        : [],
    )
    .slice(0, MAX_SUGGESTIONS);
}

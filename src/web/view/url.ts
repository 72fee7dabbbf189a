/** What a page shows, and the query string that says so. */
import type { TaskState } from '../../task/state.ts';
import { hasWords } from './query-parts.ts';

export const SORTS = ['relevance', 'newest', 'oldest'] as const;
export type Sort = (typeof SORTS)[number];
const STATES: readonly string[] = ['pending', 'succeeded', 'failed'] satisfies TaskState[];

/** The filters that are lists of values, which the mirror counts. */
export const VALUE_FILTERS = ['model', 'size', 'action', 'state', 'tag'] as const;
export type ValueFilter = (typeof VALUE_FILTERS)[number];

/** The values of `is`. Hidden tasks are shown only where they are asked for. */
const MARK_STATES: readonly string[] = ['starred', 'hidden'];

export interface View {
  /** The query as it was typed. */
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly model: readonly string[];
  readonly size: readonly string[];
  readonly action: readonly string[];
  readonly state: readonly string[];
  /** Any of these; a tag may have a comma. */
  readonly tag: readonly string[];
  /** `starred`, `hidden`. */
  readonly is: readonly string[];
  /** `>=4`; empty: any. */
  readonly rating: string;
  /** Undefined: by best match when words are searched for, else the newest first. */
  readonly sort: Sort | undefined;
  /** Undefined: folded by best match, else not. */
  readonly group: 'prompt' | 'none' | undefined;
  /** IANA time zone of dates; empty: the reader's. */
  readonly tz: string;
  /** The open task. */
  readonly task: string;
  /** Where a page without a script continues. */
  readonly cursor: string;
}

export const EMPTY_VIEW: View = {
  q: '',
  from: '',
  to: '',
  model: [],
  size: [],
  action: [],
  state: [],
  tag: [],
  is: [],
  rating: '',
  sort: undefined,
  group: undefined,
  tz: '',
  task: '',
  cursor: '',
};

const TEXTS = ['q', 'from', 'to', 'rating', 'tz', 'task', 'cursor'] as const;
/** Parameters that may be repeated. */
export const LISTS = [...VALUE_FILTERS, 'is'] as const;

/** Reads a query string; what it does not know is left out. */
export function parseView(params: URLSearchParams): View {
  const text = (name: string) => (params.get(name) ?? '').trim();
  const clean = (values: readonly string[]) => [
    ...new Set(values.map((value) => value.trim()).filter((value) => value !== '')),
  ];
  const list = (name: string) => clean(params.getAll(name).flatMap((value) => value.split(',')));
  return {
    q: params.get('q') ?? '',
    from: text('from'),
    to: text('to'),
    model: list('model'),
    size: list('size'),
    action: list('action'),
    state: list('state').filter((value) => STATES.includes(value)),
    tag: clean(params.getAll('tag')),
    is: list('is').filter((value) => MARK_STATES.includes(value)),
    rating: text('rating'),
    sort: SORTS.find((sort) => sort === params.get('sort')),
    group: (['prompt', 'none'] as const).find((group) => group === params.get('group')),
    tz: text('tz'),
    // An id may begin or end with a space.
    task: params.get('task') ?? '',
    cursor: text('cursor'),
  };
}

/** The query string of a view, with a question mark unless it is empty; `parseView` reads the same view from it. */
export function formatView(view: View): string {
  const params = new URLSearchParams();
  for (const name of TEXTS) if (view[name] !== '') params.set(name, view[name]);
  appendValues(params, view);
  if (view.sort) params.set('sort', view.sort);
  if (view.group) params.set('group', view.group);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A link to a view, relative to any page: all pages lie at one depth. */
export function linkTo(view: View): string {
  return `./${formatView(view)}`;
}

export function getSort({ sort, q }: View): Sort {
  return sort ?? (hasWords(q) ? 'relevance' : 'newest');
}

/** Whether tasks with the same prompt are one tile. */
export function isFolded(view: View): boolean {
  return view.group === undefined ? getSort(view) === 'relevance' : view.group === 'prompt';
}

/** Whether anything is searched for or filtered. */
export function isFiltered(view: View): boolean {
  const { q, from, to, rating } = view;
  return (
    [q.trim(), from, to, rating].some((text) => text !== '') || LISTS.some((name) => view[name].length > 0)
  );
}

/** Whether two views show the same tasks, whatever task is open. */
export function isSameSearch(a: View, b: View): boolean {
  return formatView({ ...a, task: '' }) === formatView({ ...b, task: '' });
}

/**
 * The parameters of the search routes that say which tasks match exactly.
 * @param timeZone of the reader, unless the view has one
 */
export function buildMatchParams(view: View, timeZone: string): URLSearchParams {
  const params = new URLSearchParams();
  if (view.q.trim() !== '') params.set('q', view.q);
  if (view.from !== '') params.set('from', view.from);
  if (view.to !== '') params.set('to', view.to);
  if (view.rating !== '') params.set('rating', view.rating);
  appendValues(params, view);
  const tz = view.tz === '' ? timeZone : view.tz;
  if (tz !== '') params.set('tz', tz);
  return params;
}

/** Those that find what the view shows, in its order. */
export function buildSearchParams(view: View, timeZone: string): URLSearchParams {
  const params = buildMatchParams(view, timeZone);
  params.set('sort', getSort(view));
  if (isFolded(view)) params.set('group', 'prompt');
  if (getSort(view) === 'relevance') params.set('match', 'close');
  return params;
}

function appendValues(params: URLSearchParams, view: View): void {
  for (const name of LISTS) for (const value of view[name]) params.append(name, value);
}

/** Compares two texts of one document, member by member. Order and spelling are no difference: only what they say is. */
import { cutText, findCharacterStart } from '../lib/cut-text.ts';
import { type JsonTree, parseJsonTree } from './json-tree.ts';

/** One value that differs. */
export interface Change {
  /** `response.data[0].seed`; `request["odd name"]`; the second of two members of one name is `prompt#2`. */
  readonly path: string;
  /** JSON, cut short; undefined where there is none. */
  readonly stored: string | undefined;
  readonly upstream: string | undefined;
}

export type Comparison =
  | { readonly kind: 'same' }
  /** They say the same, in another order or spelling. */
  | { readonly kind: 'reformatted' }
  /** @param changes the first MAX_CHANGES of `count` */
  | { readonly kind: 'changed'; readonly changes: readonly Change[]; readonly count: number };

/** As many are listed. */
export const MAX_CHANGES = 20;
/** Of a value that is shown. */
const MAX_VALUE_CHARACTERS = 80;
/** Shown before the place where two long values begin to differ. */
const LEADING_CHARACTERS = 20;
const MAX_NAME_CHARACTERS = 100;
const PLAIN_NAME = /^[A-Za-z_][\w-]*$/;

/** @param stored, upstream task documents: JSON objects, not nested deeper than MAX_DEPTH */
export function compareDocuments(stored: string, upstream: string): Comparison {
  if (stored === upstream) return { kind: 'same' };
  const changes: Change[] = [];
  let count = 0;
  for (const change of generateChanges(parseJsonTree(stored), parseJsonTree(upstream), '')) {
    count += 1;
    if (changes.length < MAX_CHANGES) changes.push(change);
  }
  return count === 0 ? { kind: 'reformatted' } : { kind: 'changed', changes, count };
}

function* generateChanges(
  stored: JsonTree | undefined,
  upstream: JsonTree | undefined,
  path: string,
): Generator<Change> {
  if (stored?.text === upstream?.text) return;
  if (stored?.kind === 'object' && upstream?.kind === 'object') {
    for (const name of new Set([...stored.members.keys(), ...upstream.members.keys()]))
      yield* generateListChanges(stored.members.get(name), upstream.members.get(name), (at) =>
        extendPath(path, name, at),
      );
  } else if (stored?.kind === 'array' && upstream?.kind === 'array') {
    yield* generateListChanges(stored.elements, upstream.elements, (at) => `${path}[${at}]`);
  } else if (!areSameScalars(stored, upstream)) {
    yield { path, ...cutValues(stored?.text, upstream?.text) };
  }
}

/** Compares what has the same place in both lists. */
function* generateListChanges(
  stored: readonly JsonTree[] = [],
  upstream: readonly JsonTree[] = [],
  describePlace: (at: number) => string,
): Generator<Change> {
  const length = Math.max(stored.length, upstream.length);
  for (let at = 0; at < length; at += 1) yield* generateChanges(stored[at], upstream[at], describePlace(at));
}

function areSameScalars(one: JsonTree | undefined, other: JsonTree | undefined): boolean {
  return one?.kind === 'scalar' && other?.kind === 'scalar' && one.value === other.value;
}

/** @param at which of several members of that name, from 0 */
function extendPath(path: string, name: string, at: number): string {
  const repeated = at === 0 ? '' : `#${at + 1}`;
  if (!PLAIN_NAME.test(name) || name.length > MAX_NAME_CHARACTERS)
    return `${path}[${JSON.stringify(cutText(name, MAX_NAME_CHARACTERS))}]${repeated}`;
  return `${path}${path === '' ? '' : '.'}${name}${repeated}`;
}

/** Cuts two long values so that the place where they begin to differ is seen. */
function cutValues(stored: string | undefined, upstream: string | undefined): Omit<Change, 'path'> {
  const longest = Math.max(stored?.length ?? 0, upstream?.length ?? 0);
  const differsAt = stored === undefined || upstream === undefined ? 0 : findDifference(stored, upstream);
  const start = longest > MAX_VALUE_CHARACTERS ? Math.max(0, differsAt - LEADING_CHARACTERS) : 0;
  return { stored: cutValue(stored, start), upstream: cutValue(upstream, start) };
}

function findDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function cutValue(text: string | undefined, start: number): string | undefined {
  if (text === undefined) return undefined;
  const rest = text.slice(findCharacterStart(text, Math.min(start, text.length)));
  const shown = cutText(rest, MAX_VALUE_CHARACTERS);
  return `${start > 0 ? '…' : ''}${shown}${shown.length < rest.length ? '…' : ''}`;
}

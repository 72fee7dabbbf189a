/** What a hit has in each of its forms: whole, and as a tile. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { collectWantedText, type Query, type TextNode } from '../search/ast.ts';
import type { Hit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { readDocument, type TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import type { JsonObject } from '../task/json-object.ts';
import { areSameMarks, NO_MARKS, pickMarks } from '../task/marks.ts';
import type { SearchHit } from './search-schema.ts';

export interface ReadTask {
  readonly document: TaskDocument;
  /** The parsed text. */
  readonly value: JsonObject;
}

export function readTask({ text, fetchedAtMs }: Hit['task']): ReadTask {
  const value = JSON.parse(text) as JsonObject; // validated before it was stored
  return { value, document: readDocument(text, value, fetchedAtMs) };
}

export function serializeBase(
  { id, state, createdAtMs }: Hit['task'],
  { model, size, action }: TaskDocument,
): Pick<SearchHit, 'id' | 'created_at' | 'state' | 'action' | 'model' | 'size'> {
  return {
    id,
    created_at: formatIsoTime(createdAtMs),
    state,
    action: action ?? null,
    model: model ?? null,
    size: size ?? null,
  };
}

/** Finds what is highlighted in the prompts of hits. */
export function createLeafFinder(query: Query): (hit: Pick<Hit, 'close'>) => readonly TextNode[] {
  const leaves = collectWantedText(query);
  return ({ close }) => close?.leaves ?? leaves;
}

/** Reads the marks of tasks. @returns a function that gives those of one, if it has some */
export async function readMarks(
  store: Pick<Store, 'marksOf'>,
  ids: readonly TaskId[],
): Promise<(id: TaskId) => Pick<SearchHit, 'marks'>> {
  const marked = (await store.marksOf(ids)).filter((marks) => !areSameMarks(marks, NO_MARKS));
  const found = new Map(marked.map((marks) => [marks.id, pickMarks(marks)]));
  return (id) => {
    const marks = found.get(id);
    return marks ? { marks } : {};
  };
}

/** Whether it matches exactly, and in what a close match differs. */
export function serializeMatch(
  close: Hit['close'],
): Pick<SearchHit, 'match' | 'missing' | 'corrected' | 'word_form'> {
  if (!close) return { match: 'exact' };
  const { missing, corrected, wordForms } = close.difference;
  return { match: 'close', missing: [...missing], corrected: [...corrected], word_form: [...wordForms] };
}

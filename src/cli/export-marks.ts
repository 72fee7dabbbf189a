/** Which marks `flux-mirror export` writes. */
import type { QueryNode } from '../search/ast.ts';
import type { MarkTest } from '../search/mark-fields.ts';
import type { TaskMarks } from '../store/contract/marks.ts';
import { readMarksById } from '../store/contract/marks-by-id.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { MAX_RATING } from '../task/marks.ts';
import { type QueryReading, streamMatchingPages } from './query-options.ts';

const PAGE_SIZE = 500;

/** The marks of the documents that are exported, in pages that are not empty. @param question undefined: of all */
export async function* streamMarks(
  store: Store,
  question: QueryReading | undefined,
): AsyncGenerator<TaskMarks[]> {
  const { last } = await store.listMarks(0, 1);
  if (last === 0) return;
  for await (const page of question ? streamMatchingMarks(store, question) : streamAllMarks(store))
    if (page.length > 0) yield page;
}

async function* streamAllMarks(store: Store): AsyncGenerator<TaskMarks[]> {
  let after = 0;
  for (;;) {
    const { marks, last } = await store.listMarks(after, PAGE_SIZE);
    if (last === after) return;
    after = last;
    const documents = new Set(
      (await store.getMany(marks.map(({ id }) => id))).filter(hasDocument).map(({ id }) => id),
    );
    yield marks.filter(({ id }) => documents.has(id));
  }
}

async function* streamMatchingMarks(
  store: Store,
  { query, filter, nowMs }: QueryReading,
): AsyncGenerator<TaskMarks[]> {
  const request = {
    query: { ...query, parts: [...query.parts, IS_MARKED] },
    filter: { ...filter, includesHidden: true },
    ...({ sort: 'oldest', nowMs } as const),
  };
  for await (const page of streamMatchingPages(store, request, Number.POSITIVE_INFINITY)) {
    const ids = page.hits.flatMap(({ task }) => (hasDocument(task) ? [task.id] : []));
    const byId = await readMarksById(store, ids);
    yield ids.flatMap((id) => byId.get(id) ?? []);
  }
}

/** A placeholder task has no document yet. */
function hasDocument({ fetchedAtMs }: StoredTask): boolean {
  return fetchedAtMs > 0;
}

const MARK_TESTS: readonly MarkTest[] = [
  { of: 'starred' },
  { of: 'rating', min: 1, max: MAX_RATING },
  { of: 'tags' },
  { of: 'note' },
  { of: 'hidden' },
];
/** Tasks that have any marks. */
const IS_MARKED: QueryNode = { kind: 'or', parts: MARK_TESTS.map((test) => ({ kind: 'mark', test })) };

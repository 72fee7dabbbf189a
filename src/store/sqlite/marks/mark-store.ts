/** Marks of tasks: read, changed, imported, listed. */
import { eq, gt, sql } from 'drizzle-orm';
import type { TaskId } from '../../../task/id.ts';
import { isOwnerWithin, type TaskOwner } from '../../../task/limits.ts';
import { areSameMarks, NO_MARKS } from '../../../task/marks.ts';
import type { TaskChange } from '../../contract/changes.ts';
import type { MarkOutcome, MarkStore, MarksImport, TaskMarks } from '../../contract/marks.ts';
import { createUnmarked, decideImport, decideMark, normalizeChanges } from '../../rules/mark-decision.ts';
import { parseMarkRow } from '../../rules/mark-row.ts';
import { createMarkTerms } from '../../rules/mark-terms.ts';
import type { Sqlite } from '../database.ts';
import { marks as markTable, tasks } from '../schema.ts';
import { createSearchRows } from '../search/search-rows.ts';
import type { WordStore } from '../search/words.ts';
import type { Synchronous } from '../synchronous.ts';
import { createNoteIndex } from './note-index.ts';
import { listTags } from './tag-facet.ts';

export interface MarkStoreOptions {
  readonly words: Pick<WordStore, 'transaction' | 'learn'>;
  /** Called after each change of a task's marks. */
  readonly onChange: (change: TaskChange) => void;
}

export function createMarkStore(db: Sqlite, { words, onChange }: MarkStoreOptions): Synchronous<MarkStore> {
  const { drizzle } = db;
  const notes = createNoteIndex(db);
  const searchRows = createSearchRows(db);
  const idIs = eq(markTable.id, sql.placeholder('id'));
  const select = drizzle.select().from(markTable).where(idIs).prepare();
  const selectTask = drizzle
    .select({
      position: tasks.position,
      state: tasks.state,
      createdAtMs: tasks.createdAt,
      userId: tasks.userId,
      applicationId: tasks.applicationId,
    })
    .from(tasks)
    .where(eq(tasks.id, sql.placeholder('id')))
    .prepare();
  const columns = bindColumns();
  const insert = drizzle
    .insert(markTable)
    .values({ id: sql`${sql.placeholder('id')}`, ...columns })
    .returning({ key: markTable.key })
    .prepare();
  const update = drizzle.update(markTable).set(columns).where(idIs).prepare();
  const selectMany = drizzle
    .select()
    .from(markTable)
    .where(sql`${markTable.id} IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`)
    .prepare();
  const selectAfter = drizzle
    .select()
    .from(markTable)
    .where(gt(markTable.key, sql.placeholder('after')))
    .orderBy(markTable.key)
    .limit(sql.placeholder('limit'))
    .prepare();

  /** Inside a transaction. */
  const write = (
    row: typeof markTable.$inferSelect | undefined,
    stored: TaskMarks,
    position: number,
  ): void => {
    const values = createRow(stored, position);
    const key = row ? row.key : insert.get(values)?.key;
    if (row) update.run(values);
    if (key !== undefined && stored.note !== (row?.note ?? '')) words.learn(notes.write(key, stored.note));
    if (!areSameMarks(row ? parseMarkRow(row) : NO_MARKS, stored))
      searchRows.rewrite(position, createMarkTerms(stored));
  };

  const runWriting = <Result>(work: (changes: TaskChange[]) => Result): Result => {
    const changes: TaskChange[] = [];
    let result: { value: Result } | undefined;
    words.transaction(() => {
      result = { value: work(changes) };
    });
    for (const change of changes) onChange(change);
    return (result as { value: Result }).value; // the transaction ran, or threw
  };

  return {
    marksOf: (ids) => selectMany.all({ ids: JSON.stringify(ids) }).map(parseMarkRow),

    mark: (requests, { nowMs, within }) => {
      const readChange = normalizeChanges(requests);
      return runWriting((changes) =>
        requests.map((request): MarkOutcome => {
          const { id } = request;
          const task = selectTask.get({ id });
          if (!task || (within && !isOwnerWithin(within, getOwner(task)))) return { kind: 'unknown', id };
          const row = select.get({ id });
          const before = row ? parseMarkRow(row) : createUnmarked(id);
          const outcome = decideMark(before, request, { change: readChange(request), nowMs });
          if (outcome.kind === 'changed') {
            write(row, outcome.marks, task.position);
            changes.push(describeChange(id, task));
          }
          return outcome;
        }),
      );
    },

    importMarks: (archived) =>
      runWriting((changes) => {
        const result: MarksImport = { changed: 0, kept: 0, unknown: 0 };
        for (const one of archived) {
          const { id } = one;
          const task = selectTask.get({ id });
          const row = select.get({ id });
          const decision = decideImport(row && parseMarkRow(row), one);
          if (task && decision) write(row, decision.marks, task.position);
          if (!task) result.unknown += 1;
          else if (!decision?.isChange) result.kept += 1;
          else {
            result.changed += 1;
            changes.push(describeChange(id, task));
          }
        }
        return result;
      }),

    listMarks: (after, limit) => {
      const rows = selectAfter.all({ after, limit });
      return { marks: rows.map(parseMarkRow), last: rows.at(-1)?.key ?? after };
    },

    tags: (request) => listTags(db, request),
  };
}

type MarkedTask = Pick<TaskChange, 'state' | 'createdAtMs'> &
  Pick<typeof tasks.$inferSelect, 'userId' | 'applicationId'>;

/** The event that is emitted once the change is committed. */
function describeChange(id: TaskId, task: MarkedTask): TaskChange {
  const { state, createdAtMs } = task;
  return { kind: 'task', id, state, createdAtMs, owner: getOwner(task) };
}

function getOwner({ userId, applicationId }: MarkedTask): TaskOwner {
  return { userId: userId ?? undefined, applicationId: applicationId ?? undefined };
}

function createRow({ id, version, changedAtMs, ...marks }: TaskMarks, position: number) {
  return {
    id,
    position,
    isStarred: Number(marks.starred),
    rating: marks.rating,
    tags: JSON.stringify(marks.tags),
    note: marks.note,
    isHidden: Number(marks.hidden),
    version,
    changedAt: changedAtMs,
  };
}

/** Columns whose values are bound when the statement runs. */
function bindColumns() {
  const bind = <Name extends string>(name: Name) => sql`${sql.placeholder(name)}`;
  return {
    position: bind('position'),
    isStarred: bind('isStarred'),
    rating: bind('rating'),
    tags: bind('tags'),
    note: bind('note'),
    isHidden: bind('isHidden'),
    version: bind('version'),
    changedAt: bind('changedAt'),
  };
}

/** Marks of tasks: read, changed, imported, listed. */
import type { TaskId } from '../../../task/id.ts';
import { isOwnerWithin } from '../../../task/limits.ts';
import type { TaskChange } from '../../contract/changes.ts';
import type { MarkOutcome, MarkStore, MarksImport, TaskMarks } from '../../contract/marks.ts';
import { createUnmarked, decideImport, decideMark, normalizeChanges } from '../../rules/mark-decision.ts';
import { type MarkRow, parseMarkRow } from '../../rules/mark-row.ts';
import type { Postgres, Queryable } from '../database.ts';
import type { WordStore } from '../search/words.ts';
import { replaceNul } from '../text-values.ts';
import { runInTransaction } from '../transaction.ts';
import { describeMarked, type MarkedTask, readMarkedTasks } from './marked-tasks.ts';
import { MARK, readMarks } from './read-marks.ts';
import { listTags } from './tags.ts';
import { writeMarks } from './write-marks.ts';

export interface MarkStoreDeps {
  readonly words: Pick<WordStore, 'learn'>;
  /** Called after each change of a task's marks. */
  readonly onChange: (change: TaskChange) => void;
}

/** The tasks that a transaction is about, and what it makes of their marks. */
interface Draft {
  readonly tasks: ReadonlyMap<TaskId, MarkedTask>;
  /** The marks of those that have some: at first as they are stored. */
  readonly marks: Map<string, TaskMarks>;
  /** What is emitted once they are stored. */
  readonly changes: TaskChange[];
}

export function createMarkStore(db: Postgres, { words, onChange }: MarkStoreDeps): MarkStore {
  /** Stores what `edit` makes of the marks. It may run more than once, each time with a new draft. */
  const editMarks = async <Result>(
    ids: readonly TaskId[],
    { isRepeatable }: { isRepeatable: boolean },
    edit: (draft: Draft) => Result,
  ): Promise<Result> => {
    const { result, changes } = await runInTransaction(db, { ids, isRepeatable }, async (tx) => {
      const draft = await readDraft(tx, ids);
      const stored = new Map(draft.marks);
      const edited = edit(draft);
      await writeMarks(tx, listWrites(draft, stored), words);
      return { result: edited, changes: draft.changes };
    });
    for (const change of changes) onChange(change);
    return result;
  };

  return {
    marksOf: async (ids) => [...(await readMarks({ query: db.read }, ids)).values()],

    mark: async (requests, { nowMs, within }) => {
      const readChange = normalizeChanges(requests);
      const ids = requests.map(({ id }) => id);
      return editMarks(ids, { isRepeatable: false }, ({ tasks, marks, changes }) =>
        requests.map((request): MarkOutcome => {
          const { id } = request;
          const task = tasks.get(id);
          if (!task || (within && !isOwnerWithin(within, task.owner))) return { kind: 'unknown', id };
          const before = marks.get(id) ?? createUnmarked(id);
          const outcome = decideMark(before, request, { change: readChange(request), nowMs });
          if (outcome.kind === 'changed') {
            marks.set(id, outcome.marks);
            changes.push(describeMarked(task));
          }
          return outcome;
        }),
      );
    },

    importMarks: async (archived) => {
      const ids = archived.map(({ id }) => id);
      return editMarks(ids, { isRepeatable: true }, ({ tasks, marks, changes }) => {
        const result: MarksImport = { changed: 0, kept: 0, unknown: 0 };
        for (const one of archived) {
          const { id } = one;
          const task = tasks.get(id);
          const decision = decideImport(marks.get(id), { ...one, note: replaceNul(one.note) });
          if (task && decision) marks.set(id, decision.marks);
          if (!task) result.unknown += 1;
          else if (!decision?.isChange) result.kept += 1;
          else {
            result.changed += 1;
            changes.push(describeMarked(task));
          }
        }
        return result;
      });
    },

    listMarks: async (after, limit) => {
      const rows = await db.read<MarkRow & { key: number }>(
        `SELECT key, ${MARK} FROM marks WHERE key > $1 ORDER BY key LIMIT $2`,
        [after, limit],
      );
      return { marks: rows.map(parseMarkRow), last: rows.at(-1)?.key ?? after };
    },

    tags: (request) => listTags(db, request),
  };
}

async function readDraft(tx: Queryable, ids: readonly TaskId[]): Promise<Draft> {
  const tasks = await readMarkedTasks(tx, ids);
  return { tasks, marks: new Map(await readMarks(tx, ids)), changes: [] };
}

function listWrites({ tasks, marks }: Draft, stored: ReadonlyMap<string, TaskMarks>) {
  return [...marks.values()].flatMap((after) => {
    const task = tasks.get(after.id);
    const before = stored.get(after.id);
    return task && after !== before ? [{ task: task.arrival, before, after }] : [];
  });
}

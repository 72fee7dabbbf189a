/** Reads, stores (in batches) and removes documents. What may replace what is decided in rules/replacement.ts. */
import type { TaskDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskState } from '../../task/state.ts';
import { addResult, createEmptyResult } from '../contract/batch-result.ts';
import type { TaskChange } from '../contract/changes.ts';
import type { Batch, StoredTask, TaskStore } from '../contract/tasks.ts';
import type { Postgres } from './database.ts';
import { concernsOneRow, unwrapError } from './errors.ts';
import { removeTasks } from './remove-tasks.ts';
import type { WordStore } from './search/words.ts';
import { IS_DOCUMENT, STORED_TASK } from './task-row.ts';
import type { TaskWriter, Written } from './task-writer.ts';
import { addTracked, recordOutcomes } from './tracking.ts';
import { runInTransaction, type Transaction } from './transaction.ts';

/** The `fetchedAtMs` and `requestSeq` of a placeholder task: any response of the upstream is newer. */
const NEVER = 0;

export interface TaskStoreDeps {
  readonly words: WordStore;
  readonly load: LoadTasks;
  readonly writer: TaskWriter;
  readonly now: () => number;
  /** Called after each change of a task. */
  readonly onChange: (change: TaskChange) => void;
}

type Documents = Pick<
  TaskStore,
  | 'getMany'
  | 'concatFinished'
  | 'storeDocuments'
  | 'addPlaceholder'
  | 'remove'
  | 'removeMany'
  | 'nextRequestSeq'
>;

/** Reads the documents with these ids, in any order. */
export type LoadTasks = (ids: readonly TaskId[]) => Promise<StoredTask[]>;

export function createTaskLoader(db: Postgres): LoadTasks {
  return (ids) =>
    db.read(`SELECT ${STORED_TASK} FROM tasks WHERE id = ANY($1::text[]) AND ${IS_DOCUMENT}`, [ids]);
}

export function createTaskStore(
  db: Postgres,
  { words, load, writer, now, onChange }: TaskStoreDeps,
): Documents {
  const announce = ({ changed, newPrompts }: Written): void => {
    words.count(newPrompts);
    for (const task of changed) onChange(describeStored(task));
  };

  /** @param put stores the documents of the batch */
  const runStoring = async (
    batch: Pick<Batch, 'documents' | 'outcomes'>,
    put: (tx: Transaction, written: Written) => Promise<void>,
  ): Promise<Written> => {
    const { documents, outcomes = [] } = batch;
    const ids = [...documents.map(({ id }) => id), ...outcomes.map(({ claim }) => claim.id)];
    const written = await runInTransaction(db, { ids, isRepeatable: true }, async (tx) => {
      const done = createWritten();
      await recordOutcomes(tx, outcomes);
      await put(tx, done);
      await words.learn(tx, done.words);
      return done;
    });
    announce(written);
    return written;
  };

  /** Stores what can be stored, one document after the other, because a batch does not tell which one is at fault. */
  const storeOneByOne = async (batch: Batch) => {
    let unusable: { id: TaskId; error: unknown }[] = [];
    const { result } = await runStoring(batch, async (tx, written) => {
      unusable = [];
      for (const task of batch.documents) {
        try {
          const alone = await tx.savepoint(async () => {
            const done = createWritten();
            await writer.put(tx, [task], batch, done);
            return done;
          });
          addWritten(written, alone);
        } catch (error) {
          if (!concernsOneRow(error)) throw error;
          unusable.push({ id: task.id, error: unwrapError(error) });
        }
      }
    });
    return { ...result, unusable };
  };

  return {
    getMany: async (ids) => {
      const found = new Map((await load(ids)).map((task) => [task.id, task]));
      return [...new Set(ids)].map((id) => found.get(id)).filter((task) => task !== undefined);
    },
    concatFinished: async (ids) => {
      const rows = await db.read<{ id: TaskId; text: string; fetchedAtMs: number }>(
        `SELECT id, document AS text, fetched_at AS "fetchedAtMs" FROM tasks
         WHERE id = ANY($1::text[]) AND state <> 'pending'`,
        [ids],
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      const found = ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
      return {
        count: found.length,
        text: Buffer.from(found.map(({ text }) => text).join(',')),
        fetchedAtMs: found.length === 0 ? undefined : Math.min(...rows.map(({ fetchedAtMs }) => fetchedAtMs)),
      };
    },
    storeDocuments: async (batch) => {
      try {
        const { result } = await runStoring(batch, async (tx, written) => {
          for (const documents of splitRepeated(batch.documents))
            await writer.put(tx, documents, batch, written);
        });
        return result;
      } catch (error) {
        if (!concernsOneRow(error)) throw error;
      }
      return storeOneByOne(batch);
    },
    addPlaceholder: async (task, { nowMs, dueAtMs }) => {
      await runStoring({ documents: [task] }, async (tx, written) => {
        const [known] = await tx.query<{ state: TaskState | null; isRemoved: boolean }>(
          `SELECT (SELECT state FROM tasks WHERE id = $1) AS state, EXISTS (SELECT 1 FROM removed WHERE id = $1) AS "isRemoved"`,
          [task.id],
        );
        const state = known?.state ?? undefined;
        if (state === undefined && !known?.isRemoved) {
          const received = { task, requestSeq: NEVER, fetchedAtMs: NEVER };
          await writer.insert(tx, [received], { fetchedAtMs: NEVER }, written);
          written.changed.push(task);
        }
        if (state === undefined || state === 'pending') await addTracked(tx, [task.id], { nowMs, dueAtMs });
      });
    },
    remove: async (id) => {
      const [removal] = await removeTasks(db, [id], { nowMs: now(), onChange });
      return removal ?? { wasKnown: false, orphans: [] };
    },
    removeMany: (ids) => removeTasks(db, ids, { nowMs: now(), onChange }),
    nextRequestSeq: async () => {
      const [row] = await db.query<{ n: number }>("SELECT nextval('request_seq') AS n");
      return row?.n ?? 0;
    },
  };
}

export function createWritten(): Written {
  return { result: createEmptyResult(), changed: [], words: new Set(), newPrompts: [] };
}

function addWritten(total: Written, part: Written): void {
  addResult(total.result, part.result);
  total.changed.push(...part.changed);
  for (const word of part.words) total.words.add(word);
  total.newPrompts.push(...part.newPrompts);
}

/** A document that has the id of an earlier one is stored after it: as one statement, they would get in each other's way. */
function splitRepeated(documents: readonly TaskDocument[]): TaskDocument[][] {
  const rounds: Map<string, TaskDocument>[] = [];
  for (const task of documents) {
    const round = rounds.find((taken) => !taken.has(task.id));
    if (round) round.set(task.id, task);
    else rounds.push(new Map([[task.id, task]]));
  }
  return rounds.map((round) => [...round.values()]);
}

function describeStored({ id, state, createdAtMs, userId, applicationId }: TaskDocument): TaskChange {
  return { kind: 'task', id, state, createdAtMs, owner: { userId, applicationId } };
}

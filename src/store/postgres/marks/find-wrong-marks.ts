/** Detects marks that are not found, or found under what they are not. */
import { tryParseJson } from '../../../lib/parse-json.ts';
import type { AuditFinding } from '../../contract/health.ts';
import { isMarkRow, type MarkRow, parseMarkRow } from '../../rules/mark-row.ts';
import { listMarkTerms, MARK_PREFIX } from '../../rules/mark-terms.ts';
import type { Postgres } from '../database.ts';
import { MARK } from './read-marks.ts';

/** Marks that are read at a time. */
const PAGE_SIZE = 500;

interface StoredMarks extends MarkRow {
  readonly key: number;
  readonly noteTerms: string;
  /** Id of the task that they belong to. */
  readonly taskId: string;
  readonly isTaskHidden: boolean;
  /** The terms of marks in the search row; null: there is no such row. */
  readonly foundTerms: readonly string[] | null;
  readonly foundTags: readonly string[] | null;
  /** Whether some of them are counted as those of a hidden task, or not, against the marks. */
  readonly areTagsMisplaced: boolean | null;
}

/** What disagrees with the marks. Reads all of them, and the search rows of their tasks. */
export async function findWrongMarks(db: Postgres): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (let after = 0; ; ) {
    const rows = await readPage(db, after);
    for (const row of rows) findings.push(...listProblems(row).map((problem) => ({ id: row.id, problem })));
    const last = rows.at(-1);
    if (!last) break;
    after = last.key;
  }
  const ofNone = await db.read<{ id: string }>(
    `SELECT id FROM tasks WHERE NOT EXISTS (SELECT 1 FROM marks WHERE marks.task = tasks.arrival)
       AND (is_hidden OR EXISTS (SELECT 1 FROM mark_tags WHERE mark_tags.task = tasks.arrival)
         OR EXISTS (SELECT 1 FROM prompts WHERE prompts.task = tasks.arrival AND strpos(terms, $1) > 0))
     ORDER BY id`,
    [` ${MARK_PREFIX}`],
  );
  return [
    ...findings,
    ...ofNone.map(({ id }) => ({ id, problem: 'the task is found by marks that it has not' })),
  ];
}

function readPage(db: Postgres, after: number): Promise<StoredMarks[]> {
  return db.read<StoredMarks>(
    `SELECT marks.key, ${MARK}, marks.note_terms AS "noteTerms", tasks.id AS "taskId", tasks.is_hidden AS "isTaskHidden",
       CASE WHEN prompts.task IS NOT NULL THEN ARRAY(
         SELECT term FROM string_to_table(prompts.terms, ' ') AS term WHERE starts_with(term, $2)) END AS "foundTerms",
       tags.found AS "foundTags", tags.are_misplaced AS "areTagsMisplaced"
     FROM marks JOIN tasks ON tasks.arrival = marks.task LEFT JOIN prompts ON prompts.task = marks.task
       CROSS JOIN LATERAL (
         SELECT array_agg(tag ORDER BY tag) AS found, bool_or(mark_tags.is_hidden <> marks.is_hidden) AS are_misplaced
         FROM mark_tags WHERE mark_tags.task = marks.task) AS tags
     WHERE marks.key > $1 ORDER BY marks.key LIMIT ${PAGE_SIZE}`,
    [after, MARK_PREFIX],
  );
}

function listProblems(row: StoredMarks): string[] {
  if (!Array.isArray(tryParseJson(row.tags))) return ['the marks have no list of tags'];
  if (!isMarkRow({ ...row })) return ["the marks can't be read"];
  const marks = parseMarkRow(row);
  return [
    ...(row.taskId === row.id ? [] : ['the marks are those of another task']),
    ...((row.note === '') === (row.noteTerms === '') ? [] : ['the note has no search row']),
    ...(row.isTaskHidden === row.isHidden ? [] : ['the task is not counted as hidden as it is']),
    ...(areSame(row.foundTags ?? [], marks.tags) && row.areTagsMisplaced !== true
      ? []
      : ['the tags differ from the marks']),
    ...(row.foundTerms === null || areSame(row.foundTerms, listMarkTerms(marks))
      ? []
      : ['the search row differs from the marks']),
  ];
}

/** @returns whether both have the same texts, in any order */
function areSame(some: readonly string[], others: readonly string[]): boolean {
  const sorted = [...others].sort();
  return some.length === sorted.length && [...some].sort().every((text, at) => text === sorted[at]);
}

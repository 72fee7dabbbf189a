/** What `flux-mirror export` does with the marks of the tasks that it writes: a file of their own, beside that of the documents. */
import { formatMarksLine } from '../files/marks-line.ts';
import { resolveOutputTarget } from '../files/output-target.ts';
import { writeOut } from '../files/write-out.ts';
import { cleanLines } from '../lib/clean-text.ts';
import type { QueryNode } from '../search/ast.ts';
import type { MarkTest } from '../search/mark-fields.ts';
import type { TaskMarks } from '../store/contract/marks.ts';
import { readMarksById } from '../store/contract/marks-by-id.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { MAX_RATING } from '../task/marks.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { type QueryReading, streamMatchingPages } from './query-options.ts';

export interface MarksFile {
  readonly name: string;
  /** Written even if there are no marks. */
  readonly isRequired: boolean;
}

const PAGE_SIZE = 500;

/**
 * The file of the marks: the one that is named, else the one beside the documents.
 * @param file of the documents; undefined or `-`: standard output
 * @param named by --marks; false: --no-marks
 * @returns undefined if none is to be written, or the documents go where no file can stand beside them
 * @throws CommandFailed if it is that of the documents
 */
export async function findMarksFile(
  file: string | undefined,
  named: string | false | undefined,
): Promise<MarksFile | undefined> {
  if (named === false) return undefined;
  const documents = await findPath(file);
  if (named !== undefined) {
    const marks = await findPath(named);
    if (marks !== undefined && marks === documents)
      throw new CommandFailed('--marks names the file of the documents; name another one', EXIT.usage);
    return { name: named, isRequired: true };
  }
  if (file === undefined || documents === undefined) return undefined;
  const name = nameMarksFile(file);
  const target = await resolveOutputTarget(name);
  // A file of an earlier export would be read with these documents.
  return { name, isRequired: target.kind === 'file' && target.mode !== undefined };
}

async function findPath(file: string | undefined): Promise<string | undefined> {
  if (file === undefined || file === '-') return undefined;
  const target = await resolveOutputTarget(file);
  return target.kind === 'file' ? target.path : undefined;
}

/** `tasks.marks.jsonl.gz` for `tasks.jsonl.gz`. By its end, import reads it from a folder. */
function nameMarksFile(file: string): string {
  const [, base = file, extension = '.jsonl', gzip = ''] =
    /^(.*?)(\.(?:jsonl|ndjson|json))?(\.gz)?$/is.exec(file) ?? [];
  return `${base}.marks${extension}${gzip}`;
}

/** @returns of how many tasks marks were written; undefined if the file was not written */
export async function writeMarks(
  pages: AsyncGenerator<TaskMarks[]>,
  { name, isRequired }: MarksFile,
): Promise<number | undefined> {
  const first = await pages.next();
  if (first.done && !isRequired) return undefined;
  const prepare = name === '-' && process.stdout.isTTY ? cleanLines : (text: string) => text;
  let count = 0;
  async function* generateChunks() {
    for (let page = first; !page.done; page = await pages.next()) {
      count += page.value.length;
      yield prepare(page.value.map(formatMarksLine).join(''));
    }
  }
  await writeOut(name, generateChunks());
  return count;
}

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

/** What a line of an imported file has: a document, or the marks or a collection that an export has written. */
import { isCollectionLine, MalformedCollection, readCollectionLine } from '../files/collections-line.ts';
import type { DocumentLine } from '../files/document-lines.ts';
import { isMarksLine, MalformedMarks, readMarksLine } from '../files/marks-line.ts';
import type { ArchivedCollection } from '../store/contract/collections.ts';
import type { ArchivedMarks } from '../store/contract/marks.ts';
import { MalformedDocument, readDocument, type TaskDocument } from '../task/document.ts';
import { getOwn, isObject } from '../task/json-object.ts';

type ImportedLine =
  | { readonly document: TaskDocument }
  | { readonly marks: ArchivedMarks }
  | { readonly collection: ArchivedCollection };

/** @returns what the line has, or why it has nothing that is stored */
export function parseImportedLine(line: DocumentLine, nowMs: number): ImportedLine | string {
  if ('problem' in line) return line.problem;
  const { text, value } = line;
  if (isObject(value) && getOwn(value, 'id') === undefined && getOwn(value, 'task_id') !== undefined)
    return 'the answer of a generation, not a task document; `flux-mirror track` takes its id';
  try {
    if (isMarksLine(value)) return { marks: readMarksLine(value, nowMs) };
    if (isCollectionLine(value)) return { collection: readCollectionLine(value, nowMs) };
    return { document: readDocument(text, value, nowMs) };
  } catch (error) {
    if (
      error instanceof MalformedDocument ||
      error instanceof MalformedMarks ||
      error instanceof MalformedCollection
    )
      return error.message;
    throw error;
  }
}

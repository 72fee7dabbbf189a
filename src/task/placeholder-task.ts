/**
 * Placeholder for a task of which only the generation request is known. Its text is made by the mirror, not the upstream:
 * it makes the prompt searchable, and is never served as a document.
 */

import { tryParseJson } from '../lib/parse-json.ts';
import type { TaskKind } from './artifacts.ts';
import { MalformedDocument, parseDocument, type TaskDocument } from './document.ts';
import type { TaskId } from './id.ts';
import { isObject } from './json-object.ts';

/** A generation that was accepted. */
export interface AcceptedGeneration {
  readonly id: TaskId;
  readonly kind: TaskKind;
  /** The body of the request; anything but a JSON object counts as an empty one, and so does one that no document may contain. */
  readonly request: string;
}

/**
 * @param nowMs epoch milliseconds
 * @throws MalformedDocument if the id is no id
 */
export function placeholderTask({ id, kind, request }: AcceptedGeneration, nowMs: number): TaskDocument {
  const parse = (body: string): TaskDocument => {
    const text = `{"id":${JSON.stringify(id)},"created_at":${nowMs / 1000},"type":"${kind}","request":${body}}`;
    return { ...parseDocument(text, nowMs), state: 'pending' };
  };
  if (!isObject(tryParseJson(request))) return parse('{}');
  try {
    return parse(request.trim());
  } catch (error) {
    // A body that is just shallow enough nests too deep in a document. Its task is paid for, and must be tracked.
    if (error instanceof MalformedDocument) return parse('{}');
    throw error;
  }
}

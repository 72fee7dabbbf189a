/**
 * Placeholder for a task of which only the generation request is known. Its text is made by the mirror, not the upstream:
 * it makes the prompt searchable, and is never served as a document.
 */

import { tryParseJson } from '../lib/parse-json.ts';
import type { TaskKind } from './artifacts.ts';
import { parseDocument, type TaskDocument } from './document.ts';
import type { TaskId } from './id.ts';
import { isObject } from './json-object.ts';

/** A generation that was accepted. */
export interface AcceptedGeneration {
  readonly id: TaskId;
  readonly kind: TaskKind;
  /** The body of the request; anything but a JSON object counts as an empty one. */
  readonly request: string;
}

/** @param nowMs epoch milliseconds */
export function placeholderTask({ id, kind, request }: AcceptedGeneration, nowMs: number): TaskDocument {
  const body = isObject(tryParseJson(request)) ? request.trim() : '{}';
  const text = `{"id":${JSON.stringify(id)},"created_at":${nowMs / 1000},"type":"${kind}","request":${body}}`;
  return { ...parseDocument(text, nowMs), state: 'pending' };
}

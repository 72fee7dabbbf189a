/**
 * Placeholder for a task of which only the generation request is known. Its text is made by the mirror, not the upstream:
 * it makes the prompt searchable, and is never served as a document.
 */

import { tryParseJson } from '../lib/parse-json.ts';
import { parseDocument, type TaskDocument } from './document.ts';
import type { TaskId } from './id.ts';
import { isObject } from './json-object.ts';

/**
 * @param request the body of the generation request; anything but a JSON object counts as an empty one
 * @param nowMs epoch milliseconds
 */
export function placeholderTask(id: TaskId, request: string, nowMs: number): TaskDocument {
  const body = isObject(tryParseJson(request)) ? request.trim() : '{}';
  const text = `{"id":${JSON.stringify(id)},"created_at":${nowMs / 1000},"type":"images","request":${body}}`;
  return { ...parseDocument(text, nowMs), state: 'pending' };
}

/** Task documents for tests. */
import { randomUUID } from 'node:crypto';
import type { ArchivedImage } from '../../src/store/contract/images.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';

export interface DocumentOptions {
  id?: string;
  prompt?: string;
  createdAt?: number;
  state?: 'pending' | 'succeeded' | 'failed';
  /** Further members of the document. */
  more?: Record<string, unknown>;
  model?: string;
  userId?: string;
}

const CREATED_AT = 1_773_400_000;

/** The text of a document. */
export function documentText(options: DocumentOptions = {}): string {
  const {
    id = randomUUID(),
    prompt = 'a white siamese cat',
    createdAt = CREATED_AT,
    state = 'succeeded',
  } = options;
  const responses = {
    pending: {},
    succeeded: {
      response: {
        success: true,
        task_id: id,
        data: [{ prompt, image_url: `https://img.example/${id}.png`, seed: 7 }],
      },
    },
    failed: { response: { success: false, error: { code: 'bad_request', message: 'flagged' } } },
  };
  return JSON.stringify({
    id,
    created_at: createdAt,
    user_id: options.userId ?? 'user-1',
    request: { action: 'generate', model: options.model ?? 'flux-dev', size: '1024x1024', prompt },
    ...responses[state],
    ...options.more,
  });
}

/** A parsed document. */
export function document(options: DocumentOptions = {}, nowMs = CREATED_AT * 1000): TaskDocument {
  return parseDocument(documentText(options), nowMs);
}

/** An archived image, as the archive describes it. */
export function archivedImage(sha256: string): ArchivedImage {
  return { sha256, mediaType: 'image/png', bytes: 1, width: 1, height: 1, thumbhash: undefined };
}

/** `count` ids, the same every time. */
export function numberedIds(count: 1): [TaskId];
export function numberedIds(count: 2): [TaskId, TaskId];
export function numberedIds(count: 3): [TaskId, TaskId, TaskId];
export function numberedIds(count: number): TaskId[];
export function numberedIds(count: number): TaskId[] {
  return Array.from(
    { length: count },
    (_, at) => `00000000-0000-4000-8000-${at.toString(16).padStart(12, '0')}` as TaskId,
  );
}

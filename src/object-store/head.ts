/** What the head of a response says about an object. */
import type { IncomingMessage } from 'node:http';
import type { ObjectStoreSettings } from '../config/object-store.ts';
import { createInvalidAnswer, readHeader } from './explain.ts';

export interface ObjectHead {
  /** Size of the whole object. */
  readonly bytes: number;
  /** Differs once it has been replaced. */
  readonly etag: string;
}

export const PARTIAL_CONTENT = 206;

/** @throws ObjectStoreError if it is not that of an object */
export function readObjectHead(settings: ObjectStoreSettings, response: IncomingMessage): ObjectHead {
  const etag = readHeader(response, 'etag');
  const bytes = readTotal(response);
  if (etag !== undefined && bytes !== undefined) return { etag, bytes };
  response.destroy();
  throw createInvalidAnswer(settings, 'no ETag or size');
}

/** The size of the whole object, from `Content-Range` if it is a part. */
function readTotal(response: IncomingMessage): number | undefined {
  const text =
    response.statusCode === PARTIAL_CONTENT
      ? /^bytes \d+-\d+\/(\d+)$/.exec(readHeader(response, 'content-range') ?? '')?.[1]
      : readHeader(response, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

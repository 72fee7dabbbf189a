/** Reads an object, or a part of it. A connection that is lost on the way is replaced, and goes on where it ended. */
import type { IncomingMessage } from 'node:http';
import type { ObjectStoreSettings } from '../config/object-store.ts';
import { ObjectStoreError } from './errors.ts';
import { createInvalidAnswer, explainFailure } from './explain.ts';
import { type ObjectHead, PARTIAL_CONTENT, readObjectHead } from './head.ts';
import { readChunks } from './read-chunks.ts';
import type { Sender } from './send.ts';

export interface ObjectBody {
  /** How many bytes will be read. */
  readonly bytes: number;
  readonly head: ObjectHead;
  /** Once. @throws ObjectStoreError */
  read(): AsyncGenerator<Buffer, void>;
  close(): void;
}

/** As in the header `Range`, the last byte counts. */
export interface ObjectRange {
  readonly start: number;
  readonly end: number;
}

interface BodyDeps {
  readonly settings: ObjectStoreSettings;
  readonly sender: Sender;
}

/** In one reading. */
const MAX_RESUMPTIONS = 5;

/** @returns undefined if there is no such object, or it is not as long as that @throws ObjectStoreError */
export async function readObjectBody(
  { settings, sender }: BodyDeps,
  key: string,
  range?: ObjectRange,
): Promise<ObjectBody | undefined> {
  const request = (wanted?: ObjectRange, etag?: string) =>
    sender.send({
      ...{ method: 'GET', key },
      headers: {
        ...(wanted ? { range: `bytes=${wanted.start}-${wanted.end}` } : {}),
        ...(etag === undefined ? {} : { 'if-match': etag }),
      },
    });

  const first = await request(range);
  if (!first) return undefined;
  const head = readObjectHead(settings, first);
  const start = range?.start ?? 0;
  const end = range?.end ?? head.bytes - 1;
  if (start > end || end >= head.bytes) {
    first.destroy();
    return undefined;
  }
  const bytes = end - start + 1;
  if (range !== undefined && first.statusCode !== PARTIAL_CONTENT && bytes !== head.bytes) {
    first.destroy();
    throw createInvalidAnswer(settings, 'no ranges');
  }

  /** The rest, by another connection. */
  const resume = async (received: number): Promise<IncomingMessage> => {
    const response = await request({ start: start + received, end }, head.etag);
    if (response?.statusCode === PARTIAL_CONTENT) return response;
    response?.destroy();
    throw new ObjectStoreError('invalid', `an object of ${settings.address} was replaced while it was read`);
  };

  const read = async function* (): AsyncGenerator<Buffer, void> {
    let response = first;
    let received = 0;
    try {
      for (let resumptions = 0; ; resumptions += 1) {
        let failure: unknown;
        try {
          for await (const chunk of readChunks(response)) {
            received += chunk.length;
            if (received > bytes) throw createInvalidAnswer(settings, 'more bytes than it said');
            yield chunk;
          }
        } catch (error) {
          if (error instanceof ObjectStoreError) throw error;
          failure = error;
        }
        if (received === bytes) return;
        if (resumptions === MAX_RESUMPTIONS) throw explainFailure(settings, failure);
        response.destroy();
        response = await resume(received);
      }
    } finally {
      response.destroy();
    }
  };

  return { bytes, head, read, close: () => void first.destroy() };
}

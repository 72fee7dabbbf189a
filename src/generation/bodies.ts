/** Bodies of generations. That of a request may hold megabytes of keyframes, so it is forwarded as it arrives. */
import type { Generation } from '../upstream/client.ts';

export interface ObservedBody {
  /** To be forwarded. */
  readonly body: Generation['body'];
  /** What has been forwarded so far. */
  read(): Buffer;
  /** Why the caller's body could not be read to its end; the request failed because of it. */
  readonly error: unknown;
}

/** Remembers what passes. */
export function observeBody(body: Generation['body']): ObservedBody {
  if (body instanceof Uint8Array) return { body, read: () => Buffer.from(body), error: undefined };
  const chunks: Uint8Array[] = [];
  let failure: unknown;
  async function* forward(arriving: AsyncIterable<Uint8Array>) {
    try {
      for await (const chunk of arriving) {
        chunks.push(chunk);
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return {
    body: forward(body),
    read: () => Buffer.concat(chunks),
    get error() {
      return failure;
    },
  };
}

/** The whole body. @throws what reading it throws */
export async function collectBody(body: Generation['body']): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

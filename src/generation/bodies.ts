/** Bodies of generations. A request may contain megabytes of keyframes, so its body is streamed. */
import type { Generation } from '../upstream/client.ts';

export interface ObservedBody {
  /** The body to forward. */
  readonly body: Generation['body'];
  /** The bytes received so far. */
  read(): Buffer;
  /** Why reading the caller's body failed, if it did. */
  readonly error: unknown;
}

/**
 * Reads the caller's body ahead of the upstream: it is kept in memory anyway, and a slow upstream must not make the caller's
 * request time out.
 */
export function observeBody(body: Generation['body']): ObservedBody {
  if (body instanceof Uint8Array) return { body, read: () => Buffer.from(body), error: undefined };
  const chunks: Uint8Array[] = [];
  let failure: unknown;
  let isComplete = false;
  let wake: () => void = () => undefined;
  const readAhead = async (arriving: AsyncIterable<Uint8Array>) => {
    try {
      for await (const chunk of arriving) {
        chunks.push(chunk);
        wake();
      }
    } catch (error) {
      failure = error;
    }
    isComplete = true;
    wake();
  };
  void readAhead(body);

  async function* forward() {
    for (let at = 0; ; ) {
      const chunk = chunks[at];
      if (chunk !== undefined) {
        at += 1;
        yield chunk;
      } else if (failure !== undefined) throw failure;
      else if (isComplete) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    body: forward(),
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

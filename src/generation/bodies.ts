/** Bodies of generations. That of a request may hold megabytes of keyframes, so it is forwarded as it arrives. */
import type { Generation } from '../upstream/client.ts';

export interface ObservedBody {
  /** To be forwarded. */
  readonly body: Generation['body'];
  /** What has arrived so far. */
  read(): Buffer;
  /** Why the caller's body could not be read to its end; the request failed because of it. */
  readonly error: unknown;
}

/**
 * Reads the caller's body as fast as it comes, whatever the upstream does: it is kept anyway, and a slow upstream must not make
 * the caller's request time out.
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

/** What the upstream has of a batch of tasks. Nothing of it is stored, so it needs no request number. */
import type { TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import { isUnknownTask } from '../upstream/answers.ts';
import type { Upstream } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { concernsBatch, requestInHalves } from '../upstream/halve-batch.ts';

export type UpstreamCopy =
  | { readonly kind: 'found'; readonly document: TaskDocument }
  | { readonly kind: 'unknown' }
  /** The upstream fails for this one task. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface FetchCopiesDeps {
  readonly upstream: Pick<Upstream, 'retrieve' | 'retrieveBatch'>;
  readonly upstreamToken: string;
  /** Sends a request in its turn. */
  readonly send: <Result>(request: () => Promise<Result>) => Promise<Result>;
}

/**
 * @param copies filled, as far as there are answers also when it throws
 * @throws UpstreamError when the upstream did not answer
 */
export async function fetchCopies(
  { upstream, upstreamToken, send }: FetchCopiesDeps,
  ids: readonly TaskId[],
  copies: Map<TaskId, UpstreamCopy>,
): Promise<void> {
  const auth = { token: upstreamToken, priority: 'background' } as const;

  const fetchOne = async (id: TaskId): Promise<void> => {
    try {
      copies.set(id, await send(() => upstream.retrieve(id, auth)));
    } catch (error) {
      if (!(error instanceof UpstreamError) || !concernsOne(error)) throw error;
      copies.set(id, { kind: 'failed', reason: error.message });
    }
  };

  const fetchTogether = async (part: readonly TaskId[]): Promise<void> => {
    const { documents, dropped } = await send(() => upstream.retrieveBatch(part, auth));
    for (const document of documents) copies.set(document.id, { kind: 'found', document });
    for (const id of part.filter((one) => !copies.has(one))) {
      // An item that can't be read may be about any of those that are missing.
      if (dropped.malformed > 0) await fetchOne(id);
      else copies.set(id, { kind: 'unknown' });
    }
  };

  await requestInHalves(ids, fetchTogether, async (id, { answer, message }) => {
    const isUnknown = answer !== undefined && isUnknownTask(answer);
    copies.set(id, isUnknown ? { kind: 'unknown' } : { kind: 'failed', reason: message });
  });
}

/** Whether the answer about another task may be better. */
function concernsOne(error: UpstreamError): boolean {
  return error.kind === 'nonsense' || concernsBatch(error);
}

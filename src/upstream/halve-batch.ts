/** A batch that the upstream refuses, or answers at too great a length, is halved until the culprit is alone. */
import { isUnknownTask } from './answers.ts';
import { UpstreamError } from './errors.ts';

/** Statuses that mean the request is invalid, not that it came too early or lacks permission. */
const INVALID_REQUEST_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Whether a request for other tasks may succeed: the upstream refused this one, or answered it at too great a length. A 404 that
 * speaks of no task is about the address, which is the same for all.
 */
export function concernsBatch({ kind, status, answer }: UpstreamError): boolean {
  if (answer && status === 404) return isUnknownTask(answer);
  return kind === 'too-large' || INVALID_REQUEST_STATUSES.has(status ?? 0);
}

/**
 * Sends a batch, in parts if it must be.
 * @param onCulprit called with an item that fails alone
 * @throws UpstreamError when a smaller batch would fail in the same way; parts before it have been answered
 */
export async function requestInHalves<Item>(
  items: readonly Item[],
  request: (items: readonly Item[]) => Promise<void>,
  onCulprit: (item: Item, error: UpstreamError) => Promise<void>,
): Promise<void> {
  try {
    await request(items);
  } catch (error) {
    if (!(error instanceof UpstreamError) || !concernsBatch(error)) throw error;
    const [first, ...others] = items;
    if (first === undefined) return;
    if (others.length === 0) {
      await onCulprit(first, error);
      return;
    }
    const middle = Math.ceil(items.length / 2);
    await requestInHalves(items.slice(0, middle), request, onCulprit);
    await requestInHalves(items.slice(middle), request, onCulprit);
  }
}

/** A batch that the upstream refuses, or answers at too great a length, is halved until the culprit is alone. */
import { UpstreamError } from './errors.ts';

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
    if (!(error instanceof UpstreamError) || !error.concernsBatch) throw error;
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

/** An image that could not be fetched as JSON; the same for the route and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { FailingImage } from '../store/contract/images.ts';
import { getInputIndex } from '../task/image-number.ts';
import type { FailingImageView } from './failing-image-schema.ts';

export function serializeFailingImage({
  taskId,
  n,
  attempts,
  dueAtMs,
  error,
}: FailingImage): FailingImageView {
  const input = getInputIndex(n);
  const which = input === undefined ? { image: n } : { image: input, is_input: true as const };
  return { id: taskId, ...which, attempts, next_try: formatIsoTime(dueAtMs), last_error: error };
}

/** An image that could not be fetched as JSON; the same for the route and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { FailingImage } from '../store/contract/images.ts';
import type { FailingImageView } from './failing-image-schema.ts';

export function serializeFailingImage({
  taskId,
  n,
  attempts,
  dueAtMs,
  error,
}: FailingImage): FailingImageView {
  return { id: taskId, image: n, attempts, next_try: formatIsoTime(dueAtMs), last_error: error };
}

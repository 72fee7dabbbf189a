/** Star, rating and hiding, on a picture. */
import type { MarksView } from '../view/data.ts';
import { Icon } from './Icon.tsx';

/** The link says the same in words; the number is written by the styles, so that it is no part of its text. */
export function MarkBadge({ marks: { starred, rating, hidden } }: { marks: MarksView }) {
  if (!starred && rating === 0 && !hidden) return null;
  return (
    <span class="badge badge-marks" data-rating={rating > 0 ? rating : undefined} aria-hidden="true">
      {hidden && <Icon name="eye-off" size={14} />}
      {(starred || rating > 0) && (
        <span class={starred ? 'is-starred' : ''}>
          <Icon name="star" size={14} />
        </span>
      )}
    </span>
  );
}

/** An icon, of 24 units; decorative, so the element around it has the name. */
import { h } from 'preact';
import { ICON_SHAPES, type IconName } from './icon-shapes.ts';

export type { IconName };

/** @param size pixels */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {ICON_SHAPES[name].map(([element, attributes]) => h(element, attributes))}
    </svg>
  );
}

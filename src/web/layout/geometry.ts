/** The measures of the wall by the width of the window; the same as in client/styles/wall.css. */
import type { Geometry } from './justify.ts';

/** How large tiles are, chosen by the reader. */
export const DENSITIES = ['small', 'medium', 'large'] as const;
export type Density = (typeof DENSITIES)[number];

const SCALES: Readonly<Record<Density, number>> = { small: 0.7, medium: 1, large: 1.4 };
/** Height of the line below a tile. */
const CAPTION_HEIGHT = 26;

/** @param viewport width of the window @param width of the wall; both in pixels */
export function computeGeometry(
  viewport: number,
  width: number,
  { density, captions }: { density: Density; captions: boolean },
): Geometry {
  const row = viewport < 560 ? 86 : viewport < 1000 ? 150 : 196;
  return {
    width,
    row: row * SCALES[density],
    gap: viewport < 560 ? 3 : 4,
    caption: captions ? CAPTION_HEIGHT : 0,
  };
}

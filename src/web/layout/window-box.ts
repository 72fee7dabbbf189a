/**
 * A bounded box over a moving window. Browsers cut boxes at 33,554,432 px (Blink) or about 17,900,000 px (Gecko, which then shows
 * nothing), so the scrolled box is at most 4,000,000 px high, and an offset says which part of the wall it stands for.
 */

export const MAX_BOX_HEIGHT = 4_000_000;

export interface Box {
  /** Height of the scrolled box. Pixels. */
  readonly height: number;
  /** Added to the scroll position, it gives the place on the wall. */
  readonly offset: number;
}

/** The box for a wall of this height, with the same offset as far as there is one. */
export function fitBox(total: number, offset: number): Box {
  if (total <= MAX_BOX_HEIGHT) return { height: Math.max(0, total - offset), offset };
  return { height: Math.min(MAX_BOX_HEIGHT, total - offset), offset };
}

/**
 * The box in which a place can be seen with room on both sides; the same box while there is room, since moving it ends a fling.
 * @param place of the top of the viewport on the wall
 */
export function recentre(box: Box, place: number, total: number): Box {
  if (total <= MAX_BOX_HEIGHT) return box.offset === 0 ? box : { height: total, offset: 0 };
  const within = place - box.offset;
  const quarter = MAX_BOX_HEIGHT / 4;
  const isRoomAbove = within >= quarter || box.offset <= 0;
  const isRoomBelow = within <= MAX_BOX_HEIGHT - quarter || box.offset + box.height >= total;
  if (isRoomAbove && isRoomBelow && box.offset >= 0) return box;
  return centreBox(place, total);
}

/** The box with a place as near to its middle as the ends of the wall allow. */
export function centreBox(place: number, total: number): Box {
  if (total <= MAX_BOX_HEIGHT) return { height: total, offset: 0 };
  const offset = Math.min(Math.max(0, place - MAX_BOX_HEIGHT / 2), total - MAX_BOX_HEIGHT);
  return { height: MAX_BOX_HEIGHT, offset };
}

/** Where the focus goes among the pictures of a collection. */
import type { CollectionsState } from '../../components/collections/state.ts';

export function getPictures(): HTMLElement | null {
  return document.getElementById('collection-pictures');
}

function findFrame(id: string): HTMLElement | undefined {
  return getPictures()?.querySelector<HTMLElement>(`.frame[data-id="${CSS.escape(id)}"]`) ?? undefined;
}

/** Gives the focus to a picture after it has been drawn. Who is in a menu stays there. */
export function createPictureFocus({ focusedId }: Pick<CollectionsState, 'focusedId'>): (id: string) => void {
  return (id) => {
    focusedId.value = id;
    requestAnimationFrame(() => {
      if (document.activeElement?.closest('.popover, dialog')) return;
      findFrame(id)?.focus({ preventScroll: true });
      findFrame(id)?.scrollIntoView({ block: 'nearest' });
    });
  };
}

/** How the picture lies that is next in a direction. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The picture next to one.
 * @returns its place; undefined at the edge
 */
export function findNextPlace(
  boxes: readonly Pick<DOMRect, 'left' | 'right' | 'top'>[],
  at: number,
  direction: Direction,
): number | undefined {
  const own = boxes[at];
  if (!own) return undefined;
  if (direction === 'left' || direction === 'right') {
    const place = at + (direction === 'left' ? -1 : 1);
    return boxes[place] ? place : undefined;
  }
  const isBeyond = (top: number) => (direction === 'up' ? top < own.top - 1 : top > own.top + 1);
  const tops = boxes.map(({ top }) => top).filter(isBeyond);
  if (tops.length === 0) return undefined;
  const row = direction === 'up' ? Math.max(...tops) : Math.min(...tops);
  const center = (own.left + own.right) / 2;
  const distance = ({ left, right }: Pick<DOMRect, 'left' | 'right'>) =>
    Math.abs((left + right) / 2 - center);
  let nearest: number | undefined;
  for (const [place, box] of boxes.entries()) {
    const best = nearest === undefined ? undefined : boxes[nearest];
    if (Math.abs(box.top - row) <= 1 && (!best || distance(box) < distance(best))) nearest = place;
  }
  return nearest;
}

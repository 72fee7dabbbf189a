/** Scrolls the page while something is dragged near the top or the bottom of what is seen, the faster the nearer. */

/** Height of the stretch at each end in which it scrolls. Pixels. */
const EDGE = 72;
/** Pixels a millisecond: slow enough for tiles to be loaded before they are passed. */
const MAX_SPEED = 1.2;

interface Span {
  readonly top: number;
  readonly bottom: number;
}

export interface EdgeScroller {
  /** @param y of what is dragged @param span what is seen; pixels from the top of the window */
  moveTo(y: number, span: Span): void;
  stop(): void;
}

/** @param onScroll called after each step */
export function createEdgeScroller(onScroll: () => void): EdgeScroller {
  let speed = 0;
  let frame = 0;
  let lastMs: number | undefined;
  /** Browsers scroll by whole pixels. */
  let rest = 0;

  const step = (ms: number) => {
    rest += speed * (ms - (lastMs ?? ms));
    lastMs = ms;
    const distance = Math.trunc(rest);
    rest -= distance;
    if (distance !== 0) {
      window.scrollBy({ top: distance, behavior: 'instant' });
      onScroll();
    }
    frame = requestAnimationFrame(step);
  };
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    lastMs = undefined;
    rest = 0;
  };
  return {
    moveTo: (y, span) => {
      speed = findScrollSpeed(y, span);
      if (speed === 0) stop();
      else if (frame === 0) frame = requestAnimationFrame(step);
    },
    stop,
  };
}

/** Pixels a millisecond, negative upwards. */
export function findScrollSpeed(y: number, { top, bottom }: Span): number {
  if (y < top + EDGE) return -MAX_SPEED * Math.min(1, (top + EDGE - y) / EDGE);
  if (y > bottom - EDGE) return MAX_SPEED * Math.min(1, (y - bottom + EDGE) / EDGE);
  return 0;
}

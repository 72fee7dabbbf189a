/** Tells when the page is scrolled, whether fast, and when it has stopped. */

/** Without `scrollend`, scrolling has ended after this pause. */
const SCROLL_PAUSE_MS = 150;
/** The wall moves fast when it moves by more than three screens in 200 ms: pictures would only be in the way. */
const FAST_SCREENS = 3;
const FAST_MS = 200;

interface ScrollHandlers {
  /** At most once a frame. */
  onMove(): void;
  /** @param wasFast whether it was fast before it stopped */
  onEnd(wasFast: boolean): void;
}

export interface ScrollWatcher {
  readonly isFast: boolean;
}

export function watchScroll({ onMove, onEnd }: ScrollHandlers): ScrollWatcher {
  let isFast = false;
  let last = { y: 0, ms: 0 };
  let frame = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const endScroll = () => {
    clearTimeout(pause);
    // Of a scroll that has ended, no frame may still find that it is fast: nothing would come after it.
    cancelAnimationFrame(frame);
    frame = 0;
    const wasFast = isFast;
    isFast = false;
    onEnd(wasFast);
  };

  const onScroll = () => {
    clearTimeout(pause);
    pause = setTimeout(endScroll, SCROLL_PAUSE_MS);
    if (frame !== 0) return;
    frame = requestAnimationFrame((ms) => {
      frame = 0;
      const y = window.scrollY;
      if (ms - last.ms >= FAST_MS) {
        isFast =
          last.ms > 0 &&
          ms - last.ms < 2 * FAST_MS &&
          Math.abs(y - last.y) > FAST_SCREENS * window.innerHeight;
        last = { y, ms };
      }
      onMove();
    });
  };

  window.addEventListener('scroll', onScroll, { passive: true });
  window.addEventListener('scrollend', endScroll);
  return {
    get isFast() {
      return isFast;
    },
  };
}

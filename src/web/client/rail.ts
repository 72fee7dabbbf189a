/** Clicking and dragging on the rail of months, and its height; on phones it is a pill that appears while the wall moves. */
import type { Actions } from '../components/actions.ts';

/** How long the pill stays after the wall has stopped. */
const HIDE_AFTER_MS = 1200;

export function handleRail(actions: Pick<Actions, 'jumpTo'>): void {
  let dragged: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const jump = (event: PointerEvent) => {
    const rail = document.getElementById('rail')?.getBoundingClientRect();
    if (rail && rail.height > 0)
      actions.jumpTo(Math.min(1, Math.max(0, (event.clientY - rail.top) / rail.height)));
  };
  document.addEventListener('pointerdown', (event) => {
    const rail = event.target instanceof Element ? event.target.closest<HTMLElement>('#rail') : null;
    if (!rail || event.button !== 0) return;
    event.preventDefault();
    dragged = event.pointerId;
    rail.setPointerCapture(event.pointerId);
    rail.classList.add('is-dragged');
    rail.focus({ preventScroll: true });
    jump(event);
  });
  document.addEventListener('pointermove', (event) => {
    if (event.pointerId === dragged) jump(event);
  });
  const end = (event: PointerEvent) => {
    if (event.pointerId !== dragged) return;
    dragged = undefined;
    document.getElementById('rail')?.classList.remove('is-dragged');
  };
  document.addEventListener('pointerup', end);
  document.addEventListener('pointercancel', end);

  watchWallTop();

  window.addEventListener(
    'scroll',
    () => {
      const { classList } = document.documentElement;
      classList.add('is-scrolling');
      clearTimeout(timer);
      timer = setTimeout(() => classList.remove('is-scrolling'), HIDE_AFTER_MS);
    },
    { passive: true },
  );
}

/** Tells the styles where the wall begins: the rail ends in the window, whatever stands above it when the page is not scrolled. */
function watchWallTop(): void {
  const wall = document.getElementById('pictures');
  const page = wall?.parentElement;
  if (!wall || !page) return;
  const measure = () =>
    wall.style.setProperty('--wall-top', `${wall.getBoundingClientRect().top + window.scrollY}px`);
  measure();
  // In a frame of its own, since the rail may be what makes the page higher.
  new ResizeObserver(() => requestAnimationFrame(measure)).observe(page);
}

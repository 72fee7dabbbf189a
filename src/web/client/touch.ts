/** Selecting on touch screens: a long press selects a tile; while some are selected, a tap does. */
import type { Actions } from '../components/actions.ts';

const LONG_PRESS_MS = 500;
/** A finger that moves further scrolls. Pixels. */
const MAX_MOVEMENT = 10;

export function handleLongPress(actions: Pick<Actions, 'select'>): void {
  let press:
    | { readonly timer: ReturnType<typeof setTimeout>; readonly x: number; readonly y: number }
    | undefined;
  /** The click that follows a long press opens nothing. */
  let isHandled = false;

  const cancel = () => {
    clearTimeout(press?.timer);
    press = undefined;
  };
  document.addEventListener('pointerdown', (event) => {
    cancel();
    isHandled = false;
    const frame = event.target instanceof Element ? event.target.closest<HTMLElement>('.tile .frame') : null;
    const id = frame?.dataset.id;
    if (event.pointerType !== 'touch' || id === undefined) return;
    const timer = setTimeout(() => {
      isHandled = true;
      actions.select(id, false);
    }, LONG_PRESS_MS);
    press = { timer, x: event.clientX, y: event.clientY };
  });
  document.addEventListener('pointermove', (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > MAX_MOVEMENT) cancel();
  });
  for (const name of ['pointerup', 'pointercancel'] as const) document.addEventListener(name, cancel);
  // Before the tile opens its task, and instead of the browser's menu of the link.
  const swallow = (event: Event) => {
    if (!isHandled) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === 'click') isHandled = false;
  };
  document.addEventListener('click', swallow, { capture: true });
  document.addEventListener('contextmenu', swallow, { capture: true });
}

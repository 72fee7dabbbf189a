/**
 * Selecting on touch screens: a long press selects a tile, and dragging on without lifting the finger those up to it; while some
 * are selected, a tap does.
 */
import { createEdgeScroller } from './edge-scroller.ts';
import type { SelectionController } from './selection.ts';
import { getHeaderHeight } from './wall/page-measures.ts';

const LONG_PRESS_MS = 500;
/** A finger that moves further scrolls or, after a long press, drags. Pixels. */
const MAX_MOVEMENT = 10;

interface Press {
  readonly pointerId: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly x: number;
  readonly y: number;
}

export function handleTouchSelection(
  selection: Pick<SelectionController, 'startRange' | 'extendRange'>,
): void {
  let press: Press | undefined;
  /** Where the finger is after a long press, and whether it has moved since. */
  let drag: { x: number; y: number; hasMoved: boolean } | undefined;
  /** The click that follows a long press opens nothing. */
  let isHandled = false;

  const extend = () => {
    const id = drag && findTileAtPoint(drag.x, drag.y);
    if (id !== undefined) selection.extendRange(id);
  };
  const scroller = createEdgeScroller(extend);

  const end = () => {
    clearTimeout(press?.timer);
    press = undefined;
    drag = undefined;
    scroller.stop();
  };
  document.addEventListener('pointerdown', (event) => {
    end();
    isHandled = false;
    const frame = event.target instanceof Element ? event.target.closest<HTMLElement>('.tile .frame') : null;
    const id = frame?.dataset.id;
    if (event.pointerType !== 'touch' || !frame || id === undefined) return;
    const { pointerId, clientX: x, clientY: y } = event;
    const timer = setTimeout(() => {
      isHandled = true;
      drag = { x, y, hasMoved: false };
      // What has the focus stays in the page, and with it the events of this finger.
      frame.focus({ preventScroll: true });
      selection.startRange(id);
    }, LONG_PRESS_MS);
    press = { pointerId, timer, x, y };
  });
  document.addEventListener('pointermove', ({ pointerId, clientX: x, clientY: y }) => {
    if (press?.pointerId !== pointerId) return;
    const isNear = Math.hypot(x - press.x, y - press.y) <= MAX_MOVEMENT;
    if (!drag) {
      if (!isNear) end();
      return;
    }
    drag = { x, y, hasMoved: drag.hasMoved || !isNear };
    if (!drag.hasMoved) return;
    extend();
    scroller.moveTo(y, { top: getHeaderHeight(), bottom: window.innerHeight });
  });
  for (const name of ['pointerup', 'pointercancel'] as const)
    document.addEventListener(name, ({ pointerId }) => {
      if (press?.pointerId === pointerId) end();
    });

  // Whether a finger scrolls can't be decided when it is put down. Only over the pictures, since the browser waits for the answer.
  const keepFromScrolling = (event: Event) => {
    if (drag && event.cancelable) event.preventDefault();
  };
  document.getElementById('pictures')?.addEventListener('touchmove', keepFromScrolling, { passive: false });
  // A browser would drag the link.
  document.addEventListener('dragstart', (event) => {
    if (press) event.preventDefault();
  });
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

/** The task of the tile at a point of the window, below the bars that may cover it. */
function findTileAtPoint(x: number, y: number): string | undefined {
  const visibleY = Math.max(getHeaderHeight() + 1, Math.min(y, window.innerHeight - 1));
  const frame = document.elementsFromPoint(x, visibleY).find((element) => element.matches('.tile .frame'));
  return frame instanceof HTMLElement ? frame.dataset.id : undefined;
}

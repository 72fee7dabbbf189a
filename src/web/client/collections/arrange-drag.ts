/** Dragging the pictures of a collection: by a mouse or a pen anywhere on them, by a finger on the button of their menu. */
import type { CollectionActions, CollectionsState, Drag } from '../../components/collections/state.ts';
import { getOpen } from '../../components/collections/state.ts';
import { createEdgeScroller } from '../edge-scroller.ts';
import { findDropPlace } from './order.ts';
import { getPictures } from './picture-focus.ts';

/** A pointer that moves less clicks. Pixels. */
const MIN_MOVEMENT = 6;

interface Press {
  readonly pointerId: number;
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

interface Deps {
  readonly state: CollectionsState;
  readonly actions: Pick<CollectionActions, 'move'>;
}

export function handleArrangeDrag({ state, actions }: Deps): void {
  let press: Press | undefined;
  let point = { x: 0, y: 0 };
  /** The click that ends a drag opens nothing. */
  let isHandled = false;

  const aim = () => {
    const id = state.drag.peek()?.id;
    if (id === undefined) return;
    const next: Drag = { id, target: findTarget(point.x, point.y) };
    const before = state.drag.peek()?.target;
    if (before?.id !== next.target?.id || before?.side !== next.target?.side) state.drag.value = next;
  };
  const scroller = createEdgeScroller(aim);
  const end = () => {
    press = undefined;
    state.drag.value = undefined;
    scroller.stop();
  };

  document.addEventListener('pointerdown', (event) => {
    end();
    isHandled = false;
    const { target, pointerType, pointerId, button, clientX: x, clientY: y } = event;
    if (!(target instanceof Element) || button !== 0) return;
    const handle = target.closest(
      pointerType === 'touch' ? '.entry-menu > * > button' : '.frame, .entry-menu > * > button',
    );
    const id = handle?.closest('.collection-tile')?.querySelector<HTMLElement>('.frame')?.dataset.id;
    if (id !== undefined) press = { pointerId, id, x, y };
  });
  document.addEventListener('pointermove', ({ pointerId, clientX: x, clientY: y }) => {
    if (press?.pointerId !== pointerId) return;
    point = { x, y };
    if (!state.drag.peek()) {
      if (Math.hypot(x - press.x, y - press.y) < MIN_MOVEMENT) return;
      state.drag.value = { id: press.id, target: undefined };
      isHandled = true;
    }
    aim();
    const bar = document.querySelector('.bar')?.getBoundingClientRect();
    scroller.moveTo(y, { top: bar?.bottom ?? 0, bottom: window.innerHeight });
  });
  document.addEventListener('pointerup', ({ pointerId }) => {
    if (press?.pointerId !== pointerId) return;
    const drag = state.drag.peek();
    const place = drag && findDropPlace(getOpen(state)?.tasks ?? [], drag);
    end();
    if (drag && place !== undefined) actions.move(drag.id, place);
  });
  document.addEventListener('pointercancel', end);
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !state.drag.peek()) return;
      event.preventDefault();
      end();
    },
    { capture: true },
  );
  // A browser would drag the picture.
  document.addEventListener('dragstart', (event) => {
    if (press) event.preventDefault();
  });
  document.addEventListener(
    'click',
    (event) => {
      if (!isHandled) return;
      isHandled = false;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}

/** The picture under the pointer, and on which side of its middle it is. */
function findTarget(x: number, y: number): Drag['target'] {
  const tile = document.elementsFromPoint(x, y).find((element) => element.matches('.collection-tile'));
  const id = tile?.querySelector<HTMLElement>('.frame')?.dataset.id;
  if (!tile || id === undefined || !getPictures()?.contains(tile)) return undefined;
  const { left, width } = tile.getBoundingClientRect();
  return { id, side: x < left + width / 2 ? 'before' : 'after' };
}

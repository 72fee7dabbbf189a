/** The keys of the pictures of a collection: arrows go from one to the next, with Alt they move it. */
import type { CollectionActions, CollectionsState } from '../../components/collections/state.ts';
import { isTyping } from '../typing.ts';
import { createPictureFocus, type Direction, findNextPlace, getPictures } from './picture-focus.ts';

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface Deps {
  readonly state: CollectionsState;
  readonly actions: Pick<CollectionActions, 'move' | 'take' | 'undo'>;
  readonly mayChange: boolean;
}

export function handleArrangeKeys({ state, actions, mayChange }: Deps): void {
  const focusPicture = createPictureFocus(state);

  const onPictureKey = (id: string, event: KeyboardEvent): boolean => {
    const frames = [...(getPictures()?.querySelectorAll<HTMLElement>('.frame') ?? [])];
    const at = frames.findIndex((frame) => frame.dataset.id === id);
    const direction = DIRECTIONS[event.key];
    if (event.altKey) {
      if (!mayChange) return false;
      if (event.key === 'Home') actions.move(id, 0);
      else if (event.key === 'End') actions.move(id, 'end');
      else if (direction) {
        const boxes = frames.map((frame) => frame.getBoundingClientRect());
        const to = findNextPlace(boxes, at, direction);
        // Behind the last one that is shown, there may be more.
        if (to !== undefined || direction === 'right') actions.move(id, to ?? at + 1);
      } else return false;
      return true;
    }
    if (event.key === 'Delete' && mayChange) actions.take([id]);
    else if (event.key === 'Home' || event.key === 'End')
      focusAt(event.key === 'Home' ? 0 : frames.length - 1);
    else if (direction) {
      const boxes = frames.map((frame) => frame.getBoundingClientRect());
      focusAt(findNextPlace(boxes, at, direction) ?? at);
    } else return false;
    return true;

    function focusAt(place: number): void {
      const next = frames[place]?.dataset.id;
      if (next !== undefined) focusPicture(next);
    }
  };

  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl) {
      if (!mayChange || event.key.toLowerCase() !== 'z' || event.shiftKey || event.altKey) return;
      event.preventDefault();
      actions.undo();
      return;
    }
    const frame = event.target instanceof HTMLElement ? event.target : undefined;
    const id = frame?.matches('.collection-tile .frame') ? frame.dataset.id : undefined;
    if (id !== undefined && onPictureKey(id, event)) event.preventDefault();
  });
  // Where Tab returns to.
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.matches('.collection-tile .frame'))
      state.focusedId.value = target.dataset.id;
  });
}

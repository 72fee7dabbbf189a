/** The keys of the wall and of a task. No single key does anything while text is typed, or with other modifiers. */
import type { Actions } from '../components/actions.ts';
import type { AppState, EditedMark } from '../components/app.ts';
import type { SearchExit } from './search-exit.ts';
import type { StageController } from './stage.ts';
import { isTyping } from './typing.ts';
import type { Direction } from './wall/neighbours.ts';
import type { WallController } from './wall/wall.ts';

const MOVES: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'rowStart',
  End: 'rowEnd',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
};
const PAN_STEP = 80;
const PANS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [PAN_STEP, 0],
  ArrowRight: [-PAN_STEP, 0],
  ArrowUp: [0, PAN_STEP],
  ArrowDown: [0, -PAN_STEP],
};

const EDITED_MARKS: Readonly<Record<string, EditedMark>> = { t: 'tags', n: 'note', a: 'collections' };

interface KeyboardDeps {
  readonly state: AppState;
  readonly mayChange: boolean;
  readonly actions: Actions;
  readonly searchExit: SearchExit;
  readonly wall: WallController;
  readonly stage: StageController;
}

export function handleKeys(deps: KeyboardDeps): void {
  const { state, actions, searchExit, wall, stage } = deps;
  const move = (direction: Direction, event: KeyboardEvent): boolean => {
    const at = wall.locate(state.focusedKey.peek() ?? '');
    const next = at && wall.getNeighbour(at, direction);
    if (!next) return false;
    wall.reveal(next);
    const tile = wall.sections[next.section]?.getTile(next.index);
    if (event.shiftKey && tile) actions.select(tile.id, true);
    return true;
  };

  const getFocusedId = (target: EventTarget | null): string | undefined =>
    target instanceof HTMLElement ? target.dataset.id : undefined;

  const onWallKey = (event: KeyboardEvent): boolean => {
    const isOnTile = event.target instanceof HTMLElement && event.target.dataset.key !== undefined;
    const isOnPage = event.target === document.body || isOnTile;
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl) {
      if (event.key === 'a') actions.selectAll();
      else if (isOnPage && (event.key === 'Home' || event.key === 'End'))
        return move(event.key === 'Home' ? 'first' : 'last', event);
      else return false;
      return true;
    }
    if (event.altKey) return false;
    const direction = MOVES[event.key];
    if (direction && isOnTile) return move(direction, event);
    if (event.key === 'End' && isOnPage) return move('last', event);
    if (event.key === 'Home' && isOnPage) return move('first', event);
    if (event.key === ' ' && isOnTile) {
      const id = getFocusedId(event.target);
      if (id !== undefined) actions.select(id, event.shiftKey);
      return true;
    }
    return onWallLetter(event);
  };

  const onWallLetter = (event: KeyboardEvent): boolean => {
    if (!state.preferences.peek().shortcuts) return false;
    const id = getFocusedId(event.target);
    switch (event.key) {
      case '/':
        document.getElementById('search')?.focus();
        return true;
      case 'x':
        if (id !== undefined) actions.select(id, event.shiftKey);
        return id !== undefined;
      case '[':
      case ']':
        return moveByMonth(event.key === '[' ? -1 : 1);
      case 'g':
        actions.togglePopover('dates');
        return true;
      case 'c':
      case 'u':
      case 's':
      case 'i':
      case 'f':
        if (id !== undefined) actions.openTask(id);
        return id !== undefined;
      default:
        return onMarkKey(event.key, id);
    }
  };

  /** @param id of the open task, or of the tile with the focus; what is selected on the wall goes first */
  const onMarkKey = (key: string, id: string | undefined): boolean => {
    if (!deps.mayChange) return false;
    const isSelection = state.task.peek() === undefined && state.selectedCount.peek() > 0;
    if (isSelection && (key === 't' || key === 'a')) {
      actions.togglePopover(key === 't' ? 'mark-tags' : 'collect');
      return true;
    }
    const edited = EDITED_MARKS[key];
    if (edited) {
      if (id !== undefined) actions.editMarks(edited, id);
      return id !== undefined;
    }
    const request = key === 'l' ? 'star' : key === 'h' ? 'hide' : readRating(key);
    if (request === undefined || (id === undefined && !isSelection)) return false;
    actions.mark(request, isSelection ? undefined : id);
    return true;
  };

  const moveByMonth = (step: -1 | 1): boolean => {
    const { months, current } = state.rail.peek();
    const target = months[current + step];
    if (target) actions.jumpToMonth(target.month);
    return target !== undefined;
  };

  const onTaskKey = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const pan = PANS[event.key];
    if (pan && stage.isZoomed()) {
      stage.pan(...pan);
      return true;
    }
    // A video has keys of its own.
    if (event.target instanceof HTMLMediaElement) return false;
    // So have choices.
    if (isChoice(event.target) && (pan || event.key === ' ')) return false;
    if (event.key === 'ArrowLeft') actions.moveTask('previous');
    else if (event.key === 'ArrowRight') actions.moveTask('next');
    else if (event.key === 'Home') actions.moveTask('first');
    else if (event.key === 'End') actions.moveTask('last');
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) stage.toggleZoom();
    else return onTaskLetter(event);
    return true;
  };

  const onTaskLetter = (event: KeyboardEvent): boolean => {
    if (!state.preferences.peek().shortcuts) return false;
    const task = state.task.peek();
    const details = typeof task?.details === 'object' ? task.details : undefined;
    switch (event.key) {
      case 'c':
        if (details) actions.copy(details.prompt);
        return true;
      case 'u':
        actions.togglePopover('use-again');
        return true;
      case 's':
        document.querySelector<HTMLElement>('[data-key-action="save"]')?.click();
        return true;
      case 'i':
        togglePanel();
        return true;
      case 'f':
        stage.toggleFullScreen();
        return true;
      default:
        return onMarkKey(event.key, details?.id);
    }
  };

  const onEscape = (): boolean => {
    if (state.openPopover.peek() !== undefined) actions.togglePopover(undefined);
    else if (state.isHelpOpen.peek()) actions.toggleHelp(false);
    else if (state.task.peek()) actions.closeTask();
    else if (state.selectedCount.peek() > 0) actions.clearSelection();
    else return searchExit.clear();
    return true;
  };

  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (onEscape()) event.preventDefault();
      return;
    }
    if (isTyping(event.target) || state.isHelpOpen.peek() || state.openPopover.peek() !== undefined) return;
    if (event.key === '?' && state.preferences.peek().shortcuts) {
      event.preventDefault();
      actions.toggleHelp(true);
      return;
    }
    const isHandled = state.task.peek() ? onTaskKey(event) : onWallKey(event);
    if (isHandled) event.preventDefault();
  });
}

/** What is hidden can't keep the focus. */
function togglePanel(): void {
  const task = document.getElementById('task');
  const isFocused = document.getElementById('task-panel')?.contains(document.activeElement);
  if (task?.classList.toggle('is-panel-hidden') && isFocused) task.focus();
}

function readRating(key: string): { rating: number } | undefined {
  return /^[0-5]$/.test(key) ? { rating: Number(key) } : undefined;
}

function isChoice(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'radio';
}

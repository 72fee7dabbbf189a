/** `Esc` in the search leaves it for the wall; once more, as long as the focus has stayed there, clears the search. */
import type { AppState } from '../components/app.ts';
import type { Navigation } from './navigation.ts';
import type { WallController } from './wall/wall.ts';

interface SearchExitDeps {
  readonly state: AppState;
  readonly navigate: Navigation['navigate'];
  readonly getWall: () => WallController | undefined;
}

export interface SearchExit {
  leave(): void;
  /** @returns whether there was something to clear */
  clear(): boolean;
}

export function createSearchExit({ state, navigate, getWall }: SearchExitDeps): SearchExit {
  /** What has had the focus since the search was left. */
  let place: Element | undefined;

  document.addEventListener('focusin', ({ target }) => {
    if (!place || target === place || !(target instanceof Element)) return;
    // When matches arrive, the tile may go; what has the focus then stands for it.
    place = place.isConnected ? undefined : target;
  });

  return {
    leave: () => {
      const wall = getWall();
      const at = wall?.locate(state.focusedKey.peek() ?? '');
      if (at) wall?.reveal(at);
      // Without hits there is no tile.
      if (document.activeElement?.id === 'search') document.getElementById('pictures')?.focus();
      place = document.activeElement ?? undefined;
    },
    clear: () => {
      const view = state.view.peek();
      if (!place || document.activeElement !== place || view.q.trim() === '') return false;
      navigate({ ...view, q: '', cursor: '' }, 'push');
      return true;
    },
  };
}

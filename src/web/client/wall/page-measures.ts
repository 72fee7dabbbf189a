/** What the wall reads of the page: the room that it has, and what covers it. Pixels. */
import type { AppState } from '../../components/app.ts';
import { computeGeometry } from '../../layout/geometry.ts';
import type { Geometry } from '../../layout/justify.ts';

/** What covers the top of the window. */
export function getHeaderHeight(): number {
  return document.querySelector('.sticky-filters')?.getBoundingClientRect().bottom ?? 0;
}

/** The measures of the wall at the width that the page gives it. */
export function measureGeometry(state: AppState): Geometry {
  const { density, captions } = state.preferences.peek();
  const width = document.getElementById('wall')?.clientWidth ?? window.innerWidth;
  return computeGeometry(window.innerWidth, width, {
    density,
    captions: captions || state.shownView.peek().q.trim() !== '',
  });
}

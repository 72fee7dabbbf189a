/**
 * Opening and closing a task as a view transition of its one picture. Without it (no such browser, less motion wanted, no picture
 * seen) everything happens at once, and so it does when a key is pressed or something is clicked meanwhile.
 */
import { findStagePicture, findTilePicture } from './task-pictures.ts';

const NAME = 'task-picture';

export interface TaskTransition {
  /** @param show shows the task over the wall */
  open(id: string, show: () => void): void;
  /** @param show shows the wall again */
  close(id: string, show: () => void): void;
}

export function createTaskTransition(): TaskTransition {
  let active: ViewTransition | undefined;
  /** What is to be shown, until the browser has taken a picture of what was shown before. */
  let pending: (() => void) | undefined;

  const showPending = () => {
    const show = pending;
    pending = undefined;
    show?.();
  };
  const finish = () => {
    active?.skipTransition();
    active = undefined;
    showPending();
  };

  const run = (
    from: HTMLElement | undefined,
    show: () => void,
    findTarget: () => HTMLElement | undefined,
  ) => {
    finish();
    if (!from || !isInWindow(from) || !canAnimate()) {
      show();
      return;
    }
    pending = show;
    from.style.viewTransitionName = NAME;
    let target: HTMLElement | undefined;
    const transition = document.startViewTransition(async () => {
      from.style.viewTransitionName = '';
      showPending();
      // After what renders the page, and before the browser paints again.
      await new Promise((resolve) => setTimeout(resolve));
      target = findTarget();
      if (target && isInWindow(target)) target.style.viewTransitionName = NAME;
    });
    active = transition;
    // One that is skipped is no error.
    for (const promise of [transition.ready, transition.updateCallbackDone]) promise.catch(() => undefined);
    const clear = () => {
      if (target) target.style.viewTransitionName = '';
      if (active === transition) active = undefined;
    };
    transition.finished.then(clear, clear);
  };

  for (const name of ['keydown', 'pointerdown'] as const)
    document.addEventListener(name, finish, { capture: true });

  return {
    open: (id, show) => run(findTilePicture(id), show, findStagePicture),
    close: (id, show) => run(findStagePicture(), show, () => findTilePicture(id)),
  };
}

function canAnimate(): boolean {
  return (
    'startViewTransition' in document &&
    typeof document.startViewTransition === 'function' &&
    !document.hidden &&
    !window.matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}

function isInWindow(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

/** The focus on the tiles of the wall. */

/** Frames. */
const MAX_FOCUS_TRIES = 60;

/** The key of the tile that has the focus. */
export function getFocusedKey(): string | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
}

/** Gives a tile the focus as soon as it is in the page, and can have it. */
export function focusWhenThere(key: string): void {
  const find = () => document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  let tries = 0;
  const attempt = () => {
    const element = find();
    element?.focus({ preventScroll: true });
    // Behind an open dialog, nothing can have the focus.
    if (document.activeElement !== element && tries < MAX_FOCUS_TRIES) {
      tries += 1;
      requestAnimationFrame(attempt);
    }
  };
  attempt();
}

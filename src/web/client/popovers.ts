/** Closes what is open below a button when something else is clicked or gets the focus. */
import type { ShellActions, ShellState } from '../components/shell.ts';

export function closePopoversOutside(
  state: Pick<ShellState, 'openPopover'>,
  actions: Pick<ShellActions, 'togglePopover'>,
): void {
  const closeUnlessInside = (event: Event) => {
    const name = state.openPopover.peek();
    if (name === undefined || !(event.target instanceof Element)) return;
    const anchor = event.target.closest<HTMLElement>('[data-popover]');
    if (anchor?.dataset.popover !== name && event.target !== document.body) actions.togglePopover(undefined);
  };
  document.addEventListener('pointerdown', closeUnlessInside);
  document.addEventListener('focusin', closeUnlessInside);

  let opener: HTMLElement | undefined;
  let before = state.openPopover.peek();
  state.openPopover.subscribe((name) => {
    if (name !== undefined && name !== before) {
      opener = document.querySelector<HTMLElement>(`${select(name)} > button`) ?? undefined;
      requestAnimationFrame(() => focusFirst(name));
    } else if (name === undefined && before !== undefined) {
      // Where the focus was lost with what it was in.
      const wasInside = document.querySelector(select(before))?.contains(document.activeElement);
      if (wasInside || document.activeElement === document.body) opener?.focus({ preventScroll: true });
    }
    before = name;
  });
}

/** @param name may have any characters: ids of tasks are parts of some */
function select(name: string): string {
  return `[data-popover="${CSS.escape(name)}"]`;
}

function focusFirst(name: string): void {
  const popover = document.querySelector<HTMLElement>(`${select(name)} .popover`);
  // While it is loaded, something may come before what is there already.
  const isBusy = popover?.querySelector('[aria-busy]') != null;
  const first = isBusy
    ? undefined
    : (popover?.querySelector<HTMLElement>('input:checked') ??
      popover?.querySelector<HTMLElement>('input, button, a, [tabindex]'));
  (first ?? popover)?.focus({ preventScroll: true });
}

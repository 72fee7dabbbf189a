/**
 * Keeps the focus on the page: when what has it is removed, what is nearest gets it. Otherwise the keyboard would start again at
 * the top of the page after every chip that is removed.
 */

const FOCUSABLE = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex]';

interface Place {
  readonly element: HTMLElement;
  /** Its ancestors, the nearest first, each with the position of the one below. */
  readonly around: readonly { readonly parent: Element; readonly index: number }[];
}

export function keepFocus(): void {
  let last: Place | undefined;
  /** What had the focus before a dialog was opened. */
  let beforeDialog: HTMLElement | undefined;
  let dialog: Element | undefined;

  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    dialog = target.closest('dialog') ?? undefined;
    if (!dialog) beforeDialog = target;
    last = { element: target, around: listAround(target) };
  });
  // Who clicks beside everything wants to leave.
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null || !(target instanceof HTMLElement)) return;
    queueMicrotask(() => {
      if (target.isConnected && last?.element === target) last = undefined;
    });
  });

  const observer = new MutationObserver(() => {
    if (document.activeElement !== document.body) return;
    if (dialog && !dialog.isConnected && beforeDialog?.isConnected) {
      dialog = undefined;
      beforeDialog.focus({ preventScroll: true });
    } else if (last && !last.element.isConnected) {
      const { around } = last;
      last = undefined;
      findNearest(around)?.focus({ preventScroll: true });
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
}

function listAround(element: Element): Place['around'] {
  const around: { parent: Element; index: number }[] = [];
  for (let at: Element = element; at.parentElement; at = at.parentElement)
    around.push({ parent: at.parentElement, index: [...at.parentElement.children].indexOf(at) });
  return around;
}

/** In the nearest ancestor that is left: at the same position, or before it. */
function findNearest(around: Place['around']): HTMLElement | undefined {
  for (const { parent, index } of around) {
    if (!parent.isConnected || parent === document.body) continue;
    const children = [...parent.children];
    const inOrder = [...children.slice(0, index + 1).reverse(), ...children.slice(index + 1)];
    for (const child of inOrder) {
      const found = [child, ...child.querySelectorAll<HTMLElement>(FOCUSABLE)].find(canHaveFocus);
      if (found instanceof HTMLElement) return found;
    }
  }
  return document.querySelector<HTMLElement>('#search') ?? undefined;
}

function canHaveFocus(element: Element): boolean {
  return (
    element instanceof HTMLElement &&
    element.matches(FOCUSABLE) &&
    element.tabIndex >= 0 &&
    element.checkVisibility({ visibilityProperty: true })
  );
}

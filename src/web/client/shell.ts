/** What every page does in the browser: its menus, the reader's choices, and the keys that work anywhere. */
import type { Shell, ShellActions, ShellState } from '../components/shell.ts';
import { createShell } from '../components/shell-state.ts';
import type { PageData } from '../view/page-data.ts';
import { keepFocus } from './focus-keeper.ts';
import { loadDictionary } from './load-dictionary.ts';
import { createClockSignal, reportTimeZone, storePreference } from './page-context.ts';
import { closePopoversOutside } from './popovers.ts';
import { isTyping } from './typing.ts';

/** For pages without a wall. */
export async function startShell(page: PageData): Promise<Shell> {
  // The times of the page are in the zone that the server knew; the next page is in the reader's.
  reportTimeZone(page.preferences.timeZone);
  const shell = createShell(page, await loadDictionary(page.language));
  const state = { ...shell.state, nowMs: createClockSignal(page.nowMs) };
  const actions = createShellActions(state);
  closePopoversOutside(state, actions);
  keepFocus();
  handleKeys(state, actions);
  return { ...shell, state, actions };
}

export function createShellActions(state: ShellState): ShellActions {
  return {
    togglePopover: (name) => {
      state.openPopover.value = name;
    },
    toggleHelp: (isOpen) => {
      state.openPopover.value = undefined;
      state.isHelpOpen.value = isOpen;
    },
    setPreference: (name, value) => {
      storePreference(name, String(value));
      state.preferences.value = { ...state.preferences.peek(), [name]: value };
      if (name === 'theme') document.documentElement.dataset.theme = String(value);
      if (name === 'language') location.reload();
    },
  };
}

function handleKeys(state: ShellState, actions: ShellActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape' && state.openPopover.peek() !== undefined) {
      event.preventDefault();
      actions.togglePopover(undefined);
      return;
    }
    if (!state.preferences.peek().shortcuts || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key === '/') {
      const search = document.getElementById('search');
      if (!search) return;
      event.preventDefault();
      search.focus();
    } else if (event.key === '?') {
      event.preventDefault();
      actions.toggleHelp(true);
    }
  });
}

/** The first state of any page, from the data that the server puts into it. */
import { signal } from '@preact/signals';
import { createFormats } from '../view/format.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import type { PageData } from '../view/page-data.ts';
import type { Shell, ShellState } from './shell.ts';

export function createShellState({ health, nowMs, preferences }: PageData): ShellState {
  return {
    health: signal(health),
    nowMs: signal(nowMs),
    openPopover: signal(undefined),
    isHelpOpen: signal(false),
    connection: signal('ok'),
    preferences: signal(preferences),
    announcement: signal(''),
  };
}

/** What components need on the server; in the browser, a state and actions are added. */
export function createShell(page: PageData, t: Dictionary): Shell {
  const { language, timeZone, rights, version } = page;
  return {
    ...{ language, timeZone, rights, version },
    t,
    f: createFormats(language, timeZone),
    state: createShellState(page),
    actions: undefined,
  };
}

/** Doing something with many selected tasks: downloads by a form, forgetting in steps that can be undone and cancelled. */
import type { AppState } from '../components/app.ts';
import type { Formats } from '../view/format.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import { buildSearchParams } from '../view/url.ts';
import { type Api, ApiFailure } from './api.ts';
import type { SelectionController } from './selection.ts';

/** How long forgetting can be undone: nothing is sent before. */
const UNDO_MS = 8000;
/** Ids of one request. */
const STEP = 200;

interface BulkDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly t: Dictionary;
  readonly f: Formats;
  readonly timeZone: string;
  readonly selection: SelectionController;
  /** Called when tasks have been forgotten. */
  readonly onForgotten: () => void;
}

export interface Bulk {
  download(as: 'zip' | 'jsonl' | 'csv'): void;
  forget(): void;
}

export function createBulk({ api, state, t, f, timeZone, selection, onForgotten }: BulkDeps): Bulk {
  /** What is selected, as the mirror is told: ids, or the search with its exact count. */
  const describeSelection = (): [name: string, value: string][] => {
    const { ids, isSearch } = state.selection.peek();
    if (!isSearch) return [...ids].map((id) => ['ids', id]);
    const params = buildSearchParams(state.view.peek(), timeZone);
    for (const name of ['sort', 'group', 'match']) params.delete(name);
    params.set('count', String(state.total.peek()?.count ?? 0));
    return [...params, ...[...ids].map((id): [string, string] => ['except', id])];
  };

  const showProblem = (error: unknown) => {
    const hasMoved = error instanceof ApiFailure && error.status === 409;
    state.toast.value = {
      text: hasMoved ? t.selectionChanged : error instanceof Error ? error.message : String(error),
    };
  };

  const download = (as: 'zip' | 'jsonl' | 'csv') => {
    // By a form, so that the browser saves it by itself.
    const form = document.createElement('form');
    form.method = 'post';
    form.action = './api/download';
    for (const [name, value] of [...describeSelection(), ['as', as], ['tz', timeZone]] as [
      string,
      string,
    ][]) {
      const input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
    form.remove();
    state.openPopover.value = undefined;
    state.toast.value = { text: t.zipHint(t.selected(f.number(state.selectedCount.peek()))) };
  };

  /** In steps, so that others can write between, and a reader can stop it. */
  const sendForget = async (ids: readonly string[], isCancelled: () => boolean) => {
    for (let at = 0; at < ids.length && !isCancelled(); at += STEP) {
      await api.post('api/forget', { ids: ids.slice(at, at + STEP) });
      const done = Math.min(ids.length, at + STEP);
      state.toast.value = {
        ...state.toast.peek(),
        text: t.forgetting(f.number(ids.length)),
        progress: done / ids.length,
      };
    }
  };

  const forgetNow = async (selected: ReturnType<typeof readSelection>, isCancelled: () => boolean) => {
    const count = f.number(selected.count);
    try {
      if (selected.search) await api.post('api/forget', selected.search);
      else await sendForget(selected.ids, isCancelled);
      state.toast.value = { text: t.forgotten(count) };
    } catch (error) {
      showProblem(error);
    }
    onForgotten();
  };

  const readSelection = () => {
    const { ids, isSearch } = state.selection.peek();
    const entries = describeSelection();
    const search = Object.fromEntries(entries.filter(([name]) => name !== 'except'));
    return {
      ids: [...ids],
      count: state.selectedCount.peek(),
      search: isSearch ? { ...search, except: [...ids], count: state.total.peek()?.count } : undefined,
    };
  };

  return {
    download,
    forget: () => {
      const selected = readSelection();
      let isCancelled = false;
      const timer = setTimeout(() => {
        window.removeEventListener('pagehide', cancel);
        state.toast.value = {
          text: t.forgetting(f.number(selected.count)),
          progress: 0,
          action: { label: t.cancel, run: cancel },
        };
        void forgetNow(selected, () => isCancelled);
      }, UNDO_MS);
      const cancel = () => {
        isCancelled = true;
        clearTimeout(timer);
        state.toast.value = undefined;
      };
      // A closed page forgets nothing.
      window.addEventListener('pagehide', cancel, { once: true });
      state.toast.value = {
        text: t.forgetting(f.number(selected.count)),
        action: { label: t.undo, run: cancel },
      };
      selection.clear();
    },
  };
}

/** Doing something with many selected tasks: downloads by a form, forgetting in steps that can be undone and cancelled. */
import type { AppState } from '../components/app.ts';
import type { Formats } from '../view/format.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import { type Api, ApiFailure } from './api.ts';
import { describeSelected, readSelected, type Selected } from './selected.ts';
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

/** `POST /api/forget`. */
interface ForgetResult {
  readonly forgotten: number;
  readonly remaining: number;
}

export interface Bulk {
  download(as: 'zip' | 'jsonl' | 'csv'): void;
  forget(): void;
}

export function createBulk({ api, state, t, f, timeZone, selection, onForgotten }: BulkDeps): Bulk {
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
    for (const [name, values] of Object.entries({
      tz: timeZone,
      as,
      ...describeSelected(readSelected(state, timeZone)),
    })) {
      for (const value of [values].flat()) {
        const input = document.createElement('input');
        input.type = 'hidden';
        input.name = name;
        input.value = String(value);
        form.append(input);
      }
    }
    document.body.append(form);
    form.submit();
    form.remove();
    state.openPopover.value = undefined;
    state.toast.value = { text: t.zipHint(t.selected(f.number(state.selectedCount.peek()))) };
  };

  const showProgress = (done: number, count: number) => {
    const text = t.forgetting(f.number(count));
    state.toast.value = { ...state.toast.peek(), text, progress: Math.min(1, done / Math.max(1, count)) };
  };

  /** In steps, so that others can write between, and a reader can stop it. @returns how many were forgotten */
  const forgetIds = async ({ ids, count }: Selected, isCancelled: () => boolean): Promise<number> => {
    let forgotten = 0;
    for (let at = 0; at < ids.length && !isCancelled(); at += STEP) {
      const result = await api.post<ForgetResult>('api/forget', { ids: ids.slice(at, at + STEP) });
      forgotten += result.forgotten;
      showProgress(at + STEP, count);
    }
    return forgotten;
  };

  /** The mirror takes some thousands at a time, and counts again each time. */
  const forgetSearch = async (selected: Selected, isCancelled: () => boolean): Promise<number> => {
    const { found, count } = selected;
    let forgotten = 0;
    let remaining = count;
    while (remaining > 0 && !isCancelled()) {
      const body = { ...describeSelected(selected), count: found - forgotten };
      const result = await api.post<ForgetResult>('api/forget', body);
      forgotten += result.forgotten;
      remaining = result.forgotten === 0 ? 0 : result.remaining;
      showProgress(forgotten, count);
    }
    return forgotten;
  };

  const forgetNow = async (selected: Selected, isCancelled: () => boolean) => {
    try {
      const forgotten = selected.search
        ? await forgetSearch(selected, isCancelled)
        : await forgetIds(selected, isCancelled);
      state.toast.value = { text: t.forgotten(f.number(forgotten)) };
    } catch (error) {
      showProblem(error);
    }
    onForgotten();
  };

  return {
    download,
    forget: () => {
      const selected = readSelected(state, timeZone);
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

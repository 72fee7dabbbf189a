/** Marks of tasks: what changes them, and its controls, are loaded when they are used for the first time. */
import { effect } from '@preact/signals';
import type { MarkActions } from '../components/actions.ts';
import type { Marking, MarkingDeps } from './marking.ts';
import { loadTags } from './suggestions.ts';

interface MarksDeps extends MarkingDeps {
  readonly mayChange: boolean;
}

export function createMarks(deps: MarksDeps): MarkActions {
  const { api, state, t, navigation } = deps;
  let loading: Promise<Marking> | undefined;

  const load = (): Promise<Marking> => {
    loading ??= import('./mark-tools.ts').then(({ createMarking, ...controls }) => {
      state.markControls.value = controls;
      return createMarking(deps);
    });
    loading.catch(() => {
      loading = undefined; // the next use tries again
    });
    return loading;
  };
  effect(() => {
    const isNeeded = state.task.value !== undefined || state.selectedCount.value > 0;
    if (deps.mayChange && isNeeded) load().catch(() => undefined);
  });

  return {
    mark: (request, id) =>
      void load().then(
        (marking) => marking.mark(request, id),
        () => {
          state.toast.value = { text: t.failedToLoad };
        },
      ),
    editMarks: (what, id) => {
      state.editedMark.value = what;
      document.getElementById('task')?.classList.remove('is-panel-hidden');
      if (state.task.peek()?.id !== id) navigation.openTask(id);
    },
    suggestTags: async (prefix, signal) => {
      try {
        return (await loadTags(api, prefix, signal)).items;
      } catch {
        return []; // any tag can be typed
      }
    },
    readNote: async (id) => (await load()).readNote(id),
    saveNote: async (id, text, base) => (await load()).saveNote(id, text, base),
  };
}

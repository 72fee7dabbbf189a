/** Marks of tasks, and their collections: what changes them, and its controls, are loaded when they are used for the first time. */
import { effect } from '@preact/signals';
import type { MarkActions } from '../components/actions.ts';
import type { CollectionControlsDeps } from './collections/collection-controls.ts';
import type { Marking, MarkingDeps } from './marking.ts';
import { loadTags } from './suggestions.ts';

interface MarksDeps extends MarkingDeps, CollectionControlsDeps {}

export function createMarks(deps: MarksDeps): MarkActions {
  const { api, state, t, navigation } = deps;
  let loading: Promise<Marking> | undefined;

  const load = (): Promise<Marking> => {
    loading ??= import('./organise-tools.ts').then(async (tools) => {
      const { createMarking, loadCollectionControls, ...controls } = tools;
      state.markControls.value = controls;
      state.collectionControls.value = await loadCollectionControls(deps);
      return createMarking(deps);
    });
    loading.catch(() => {
      loading = undefined; // the next use tries again
    });
    return loading;
  };
  effect(() => {
    if (state.task.value !== undefined || state.selectedCount.value > 0) load().catch(() => undefined);
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

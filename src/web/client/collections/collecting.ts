/** Puts tasks of the wall into collections, in steps that can be undone. */
import { signal } from '@preact/signals';
import type { AppState, Toast } from '../../components/app.ts';
import type { Collecting, CollectionTarget } from '../../components/collection-controls.ts';
import type { Formats } from '../../view/format.ts';
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import type { Dictionary } from '../../view/i18n/dictionary.ts';
import { type Api, ApiFailure } from '../api.ts';
import { listAllIds, splitList } from '../marking-steps.ts';
import { describeSelected, readSelected, type Selected } from '../selected.ts';
import { describeFailure } from './describe-failure.ts';
import { createCollectionRequests } from './requests.ts';

export interface CollectingDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly t: Dictionary;
  readonly f: Formats;
  readonly texts: CollectionTexts;
  readonly timeZone: string;
}

/** Tasks of one request: as many as the mirror takes. */
const MAX_IDS = 5000;
/** Tasks of a collection. */
const MAX_TASKS = 10_000;

/** What one addition has done, so far. */
interface Addition {
  readonly id: string;
  readonly name: string;
  /** Whether it was made for these tasks. */
  readonly isNew: boolean;
  readonly added: string[];
  /** The version that was made by the last step. */
  etag: string;
}

export function createCollecting(deps: CollectingDeps): Collecting {
  const { api, state, t, f, texts, timeZone } = deps;
  const requests = createCollectionRequests(api);
  const version = signal(0);
  /** One after the other. */
  let queue: Promise<unknown> = Promise.resolve();

  const say = (text: string, action?: Toast['action']) => {
    state.toast.value = { text, action };
    state.announcement.value = text;
  };
  const createUndo = (run: () => Promise<void>): Toast['action'] => ({
    label: t.undo,
    run: () =>
      enqueue(async () => {
        await run();
        say(t.undone);
      }),
  });
  const enqueue = (work: () => Promise<void>) => {
    queue = queue
      .then(work)
      .catch((error: unknown) => say(describeFailure(error, texts, t)))
      .then(() => {
        version.value += 1;
      });
  };

  const openTarget = async (target: CollectionTarget): Promise<Addition> => {
    if ('id' in target) return { id: target.id, name: target.name, isNew: false, added: [], etag: '' };
    const { data, etag } = await requests.create({ name: target.name });
    return { id: data.id, name: data.name, isNew: true, added: [], etag };
  };

  const place = async (addition: Addition, selection: object) => {
    const { data, etag } = await requests.place(addition.id, selection);
    addition.added.push(...data.added);
    addition.etag = etag;
    return data;
  };

  const takeBack = async ({ id, isNew, added, etag }: Addition) => {
    if (isNew)
      try {
        await requests.remove(id, etag);
        return;
      } catch (error) {
        // Somebody else has done something with it: it stays, without these tasks.
        if (!(error instanceof ApiFailure && error.status === 412)) throw error;
      }
    for (const ids of splitList(added, MAX_IDS)) await requests.take(id, ids);
  };

  /** @param steps what is added, step by step */
  const add = async (target: CollectionTarget, steps: (addition: Addition) => Promise<void>) => {
    const addition = await openTarget(target);
    let problem: string | undefined;
    try {
      await steps(addition);
    } catch (error) {
      const hasMoved = error instanceof ApiFailure && error.status === 409;
      problem = hasMoved ? t.selectionChanged : describeFailure(error, texts, t);
    }
    const { name, isNew, added } = addition;
    const canUndo = isNew || added.length > 0;
    const text =
      added.length === 0 ? texts.addedNone(name) : texts.added(added.length, f.number(added.length), name);
    say(problem ?? text, canUndo ? createUndo(() => takeBack(addition)) : undefined);
  };

  const placeSelected = async (addition: Addition, selected: Selected) => {
    const { search, ids, count } = selected;
    const showProgress = (share: number) => {
      state.toast.value = { text: texts.adding(f.number(count)), progress: share };
    };
    showProgress(0);
    if (search && ids.length <= MAX_IDS) {
      let body: object = describeSelected(selected);
      for (let remaining = count; remaining > 0; ) {
        const { remaining: left, next_cursor: cursor } = await place(addition, body);
        if (cursor === null) return;
        remaining = left;
        showProgress(1 - remaining / count);
        body = { ...describeSelected(selected), count: remaining, cursor };
      }
      return;
    }
    const all = search ? await listAllIds(api, selected, () => undefined) : ids;
    for (const [step, some] of splitList(all, MAX_IDS).entries()) {
      await place(addition, { ids: some });
      showProgress(Math.min(1, ((step + 1) * MAX_IDS) / count));
    }
  };

  const take = async (task: string, { id, name }: { readonly id: string; readonly name: string }) => {
    const { data } = await requests.take(id, [task]);
    const undo = createUndo(async () => {
      await requests.place(id, { runs: data.before });
    });
    say(texts.removedFrom(name), data.removed > 0 ? undo : undefined);
  };

  return {
    version,
    list: (task) => requests.list(task),
    addSelected: (target) => {
      const selected = readSelected(state, timeZone);
      state.openPopover.value = undefined;
      if (selected.count === 0) return;
      if (selected.count > MAX_TASKS) say(texts.tooMany(f.number(MAX_TASKS)));
      else enqueue(() => add(target, (addition) => placeSelected(addition, selected)));
    },
    addTask: (task, target) =>
      enqueue(() =>
        add(target, async (addition) => {
          await place(addition, { ids: [task] });
        }),
      ),
    takeTask: (task, collection) => enqueue(() => take(task, collection)),
  };
}

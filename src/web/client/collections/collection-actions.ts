/** What a reader can do with the collection that a page shows. Pictures move at once, and back if that fails. */
import type { CollectionActions, CollectionsState } from '../../components/collections/state.ts';
import type { Shell } from '../../components/shell.ts';
import type { Problem } from '../../components/use-trial.ts';
import { COLLECTION_PAGE_SIZE, type OpenCollection } from '../../view/collections-data.ts';
import type { CollectionData, TakingView } from '../../view/data.ts';
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import { ApiFailure } from '../api.ts';
import { copyToClipboard } from '../clipboard.ts';
import { createChangeQueue } from './change-queue.ts';
import { createCollectionLoader } from './collection-loader.ts';
import { describeFailure } from './describe-failure.ts';
import { moveEntry } from './order.ts';
import type { CollectionRequests, Versioned } from './requests.ts';

interface Deps {
  readonly requests: CollectionRequests;
  readonly shell: Shell;
  readonly texts: CollectionTexts;
  readonly state: CollectionsState;
  /** Gives the focus to a picture, as soon as it is there. */
  readonly focusPicture: (id: string) => void;
}

export interface OpenCollectionActions extends Omit<CollectionActions, 'openDialog' | 'create'> {
  /** Reads again what is shown, unless changes of ours are on their way: then after them. */
  refresh(): void;
}

type Runs = TakingView['before'];

/** @param id of the collection */
export function createOpenCollectionActions(id: string, deps: Deps): OpenCollectionActions {
  const { requests, shell, texts, state, focusPicture } = deps;
  const { t, f } = shell;
  const loader = createCollectionLoader(id, requests);
  /** What puts the pictures back, the last change at the end. */
  const undos: Runs[] = [];
  /** Whether what is shown is not as the mirror has it. */
  let isOutdated = false;
  /** Whether places have changed since the cursor was made. */
  let isCursorOutdated = false;

  const getOpen = (): OpenCollection => {
    const content = state.content.peek();
    if (content.kind !== 'one') throw new Error('no collection is open');
    return content.open;
  };
  const isOpen = () => state.content.peek().kind === 'one';
  const show = (change: Partial<OpenCollection>) => {
    if (isOpen()) state.content.value = { kind: 'one', open: { ...getOpen(), ...change } };
  };
  const say = (text: string, undo?: () => void) => {
    state.toast.value = { text, action: undo && { label: t.undo, run: undo } };
    shell.state.announcement.value = text;
  };

  /** @returns why, for those who show it themselves */
  const handleFailure = (error: unknown): string => {
    isOutdated = true;
    if (error instanceof ApiFailure && error.status === 404) {
      state.dialog.value = undefined;
      state.content.value = { kind: 'missing' };
    }
    // What somebody else has arranged is not put back.
    if (error instanceof ApiFailure && error.status === 412) undos.length = 0;
    return describeFailure(error, texts, t);
  };
  const load = () => loader.load(Math.max(getOpen().tasks.length, COLLECTION_PAGE_SIZE));
  const reload = async () => {
    const { etag } = getOpen();
    const open = await load();
    // What has been moved since would jump back.
    if (!isOpen() || queue.count() > 0 || getOpen().etag !== etag) return;
    isOutdated = false;
    isCursorOutdated = false;
    show(open);
  };
  const queue = createChangeQueue({
    onFailure: (error) => say(handleFailure(error)),
    onIdle: () => {
      if (isOutdated && isOpen()) reload().catch(() => undefined); // the trouble line says it; the next event tries again
    },
  });
  const accept = ({ data, etag }: Versioned<CollectionData>) => show({ collection: data, etag });

  /** A change of what is said of the collection. */
  const change = async (send: (etag: string) => Promise<Versioned<CollectionData>>): Promise<Problem> => {
    let problem: Problem;
    await queue.add(async () => {
      try {
        accept(await send(getOpen().etag));
      } catch (error) {
        problem = handleFailure(error);
      }
    });
    return problem;
  };

  /** A change of the order, which is shown already. @returns what puts it back */
  const arrange = async (
    send: (etag: string) => Promise<Versioned<{ readonly before: Runs }>>,
  ): Promise<Runs> => {
    const { data, etag } = await send(getOpen().etag);
    const changedAt = new Date(shell.state.nowMs.peek()).toISOString();
    show({ etag, collection: { ...getOpen().collection, changed_at: changedAt } });
    // Places are numbered anew.
    isCursorOutdated = true;
    return data.before;
  };

  const loadMore = () =>
    queue.add(async () => {
      show(await loader.extend(getOpen(), isCursorOutdated));
      isCursorOutdated = false;
    });

  const move = async (task: string, to: number | 'end') => {
    const { tasks, nextCursor, collection } = getOpen();
    // What stands behind the last one that is shown is not known.
    if (to !== 'end' && to >= tasks.length - 1 && nextCursor !== null && !(await loadMore())) return;
    const { tasks: before } = getOpen();
    const isBehindAll = to === 'end' && nextCursor !== null;
    const place = to === 'end' ? before.length - 1 : to;
    const after = isBehindAll ? before.filter((entry) => entry.id !== task) : moveEntry(before, task, place);
    if (after === before) return;
    show({ tasks: after });
    if (!isBehindAll) focusPicture(task);
    const at = after.findIndex((entry) => entry.id === task);
    const next = isBehindAll ? undefined : after[at + 1]?.id;
    const shown = isBehindAll ? collection.tasks : at + 1;
    say(texts.movedTo(f.number(shown), f.number(collection.tasks)), undo);
    await queue.add(async () => {
      undos.push(await arrange((etag) => requests.place(id, { ids: [task], before: next ?? null }, etag)));
    });
  };

  const take = async (ids: readonly string[]) => {
    const { tasks, collection } = getOpen();
    const taken = new Set(ids);
    // A task that is not in the mirror can't be put back.
    const canUndo = tasks.some((entry) => taken.has(entry.id) && entry.task !== null);
    show({
      tasks: tasks.filter((entry) => !taken.has(entry.id)),
      collection: { ...collection, tasks: Math.max(0, collection.tasks - taken.size) },
    });
    say(texts.removed(ids.length, f.number(ids.length)), canUndo ? undo : undefined);
    await queue.add(async () => {
      const runs = await arrange((etag) => requests.take(id, ids, etag));
      if (canUndo) undos.push(runs);
      // What stood before a gap can't be put before it any more.
      else undos.length = 0;
      // It may have been the cover, and what is behind the last one moves up.
      isOutdated = true;
    });
  };

  const undo = () => {
    void queue.add(async () => {
      const runs = undos.pop();
      if (!runs) return;
      if (runs.length > 0) await arrange((etag) => requests.place(id, { runs }, etag));
      const open = await load();
      // Something else has been moved meanwhile: it is read again after that.
      if (queue.count() > 1) isOutdated = true;
      else {
        isCursorOutdated = false;
        show(open);
      }
      say(t.undone);
      const [first] = runs.flatMap(({ ids }) => ids);
      if (first !== undefined) focusPicture(first);
    });
  };

  return {
    edit: async ({ name, note }) => {
      const problem = await change((etag) => requests.change(id, { name, note }, etag));
      if (problem === undefined) say(texts.saved);
      return problem;
    },
    share: (wanted) => change((etag) => requests.share(id, wanted, etag)),
    unshare: () => change((etag) => requests.unshare(id, etag)),
    remove: async () => {
      let problem: Problem;
      await queue.add(async () => {
        try {
          await requests.remove(id, getOpen().etag);
          location.assign('./collections');
        } catch (error) {
          problem = handleFailure(error);
        }
      });
      return problem;
    },
    chooseCover: (cover) =>
      void change((etag) => requests.change(id, { cover }, etag)).then((problem) =>
        say(problem ?? (cover === null ? texts.coverReset : texts.coverChosen)),
      ),
    copy: copyToClipboard,
    move: (task, to) => void move(task, to),
    take: (ids) => void take(ids),
    loadMore: () => void loadMore(),
    undo,
    refresh: () => {
      if (!isOpen()) return;
      isOutdated = true;
      if (queue.count() === 0) void queue.add(async () => undefined);
    },
  };
}

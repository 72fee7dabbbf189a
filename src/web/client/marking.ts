/**
 * Changes marks: of one task at once, as it will be, and back if that fails; of a selection in steps that can be undone. Loaded with
 * the first change.
 */

import { parseMarkChange, serializeMarkChange } from '../../task/mark-change-json.ts';
import {
  applyMarkChange,
  type MarkChange,
  type Marks,
  NO_MARKS,
  pickMarks,
  TooManyTags,
} from '../../task/marks.ts';
import type { MarkActions, MarkRequest } from '../components/actions.ts';
import type { AppState, NoteVersion } from '../components/app.ts';
import type { MarkResult, MarksView, TaskMarksView, TileData } from '../view/data.ts';
import type { Formats } from '../view/format.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import { type Api, ApiFailure } from './api.ts';
import { listAllIds, listMarkSteps, listUndoSteps, type MarkSteps } from './marking-steps.ts';
import type { Navigation } from './navigation.ts';
import { readSelected, type Selected } from './selected.ts';
import type { SelectionController } from './selection.ts';
import type { WallController } from './wall/wall.ts';

export interface MarkingDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly t: Dictionary;
  readonly f: Formats;
  readonly timeZone: string;
  readonly selection: SelectionController;
  readonly navigation: Navigation;
  readonly getWall: () => WallController | undefined;
}

export type Marking = Pick<MarkActions, 'mark' | 'readNote' | 'saveNote'>;

type Undo = MarkResult['before'];

/** Changes of a task that are on their way. */
interface Pending {
  count: number;
  /** As the mirror has them. */
  confirmed: Marks;
}

export function createMarking(deps: MarkingDeps): Marking {
  const { api, state, t, f, timeZone, selection, navigation, getWall } = deps;
  const pending = new Map<string, Pending>();
  /** One after the other, in the order of the keys. */
  let queue: Promise<unknown> = Promise.resolve();

  const findTile = (id: string): TileData | undefined => {
    const source = navigation.getSource();
    const at = source.find(id);
    return at && source.sections[at.section]?.getTile(at.index);
  };
  const getDetails = (id: string) => {
    const details = state.task.peek()?.details;
    return typeof details === 'object' && details.id === id ? details : undefined;
  };
  const getMarks = (id: string): Marks => getDetails(id)?.marks ?? findTile(id)?.marks ?? NO_MARKS;

  /** Of a search, only those that are near are known: whether it shows what is hidden, but not whether it has a star without exception. */
  const listSeen = (request: MarkRequest): Marks[] =>
    request !== 'hide'
      ? []
      : state.wall.peek().sections.flatMap(({ tiles }) => tiles.map(({ tile }) => tile?.marks ?? NO_MARKS));

  /** Shows marks on tiles and in the open task. @param change returns undefined where nothing changes */
  const showAll = (change: (id: string, marks: Marks) => Marks | undefined) => {
    const mark = <T extends { readonly id: string; readonly marks?: MarksView | undefined }>(shown: T): T => {
      const marks = change(shown.id, shown.marks ?? NO_MARKS);
      if (!marks) return shown;
      if (marks.tags.length > 0) state.hasTags.value = true;
      return { ...shown, marks: pickMarks(marks) };
    };
    navigation.getSource().update(mark);
    const task = state.task.peek();
    if (typeof task?.details === 'object') state.task.value = { ...task, details: mark(task.details) };
  };
  const show = (id: string, marks: Marks) => showAll((other) => (other === id ? marks : undefined));

  const showProblem = (error: unknown) => {
    const hasMoved = error instanceof ApiFailure && error.status === 409;
    const text = hasMoved
      ? t.selectionChanged
      : t.markFailed(error instanceof Error ? error.message : String(error));
    state.toast.value = { text };
    state.announcement.value = text;
  };

  /** What is hidden leaves the wall, and what is shown again comes back; the focus stays near. */
  const moveTiles = async (ids: ReadonlySet<string>) => {
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.id : undefined;
    const at = focused !== undefined && ids.has(focused) ? navigation.getSource().find(focused) : undefined;
    await navigation.refresh(ids).catch(() => undefined); // the trouble line says it
    if (!at || !getWall()) return;
    const { sections } = navigation.getSource();
    const section = Math.min(at.section, sections.length - 1);
    const index = Math.min(at.index, (sections[section]?.count ?? 0) - 1);
    if (index >= 0) getWall()?.reveal({ section, index });
  };

  const patch = async (id: string, change: MarkChange, etag?: string) => {
    const response = await api.sendRepeatable(`api/tasks/${encodeURIComponent(id)}/marks`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...(etag === undefined ? {} : { 'if-match': etag }) },
      body: JSON.stringify(serializeMarkChange(change)),
    });
    return { marks: (await response.json()) as TaskMarksView, etag: response.headers.get('etag') ?? '' };
  };

  const markOne = (request: MarkRequest, id: string) => {
    const before = getMarks(id);
    const change = resolve(request, () => [before]);
    let after: Marks;
    try {
      after = applyMarkChange(before, change);
    } catch (error) {
      if (!(error instanceof TooManyTags)) throw error;
      showProblem(error);
      return;
    }
    const own = pending.get(id) ?? { count: 0, confirmed: before };
    own.count += 1;
    pending.set(id, own);
    show(id, after);
    announce(change, after);
    const send = async () => {
      try {
        own.confirmed = (await patch(id, change)).marks;
        if (change.hidden !== undefined && before.hidden !== change.hidden)
          await showHidden(id, change.hidden);
      } catch (error) {
        showProblem(error);
      }
      own.count -= 1;
      if (own.count > 0) return;
      pending.delete(id);
      show(id, own.confirmed);
    };
    queue = queue.then(send).catch(showProblem);
  };

  const showHidden = async (id: string, hidden: boolean) => {
    await moveTiles(new Set([id]));
    if (hidden)
      state.toast.value = {
        text: t.taskHidden,
        action: { label: t.undo, run: () => void undo([{ ids: [id], marks: { hidden: false } }]) },
      };
    else state.toast.value = undefined;
  };

  const announce = (change: MarkChange, after: Marks) => {
    const texts = [
      ...(change.starred === undefined ? [] : [after.starred ? t.starred : t.unstarred]),
      ...(change.rating === undefined ? [] : [t.rated(after.rating)]),
      ...(change.addTags || change.removeTags ? [`${t.tags}: ${after.tags.join(', ')}`] : []),
    ];
    if (texts.length > 0) state.announcement.value = texts.join(', ');
  };

  /** Shows what has been changed by the mirror. @param before what the changed tasks had */
  const showChanged = async (before: Undo, getChange: (id: string) => MarkChange | undefined) => {
    const changed = new Set(before.flatMap(({ ids }) => ids));
    showAll((id, marks) => {
      const change = changed.has(id) ? getChange(id) : undefined;
      return change && applyMarkChange(marks, change);
    });
    const moved = new Set(before.flatMap(({ ids, marks }) => (marks.hidden === undefined ? [] : ids)));
    if (moved.size > 0) await moveTiles(moved);
  };

  /** @returns what was changed, as it was before */
  const runSteps = async (count: number, steps: MarkSteps): Promise<Undo> => {
    const before: Undo = [];
    let isCancelled = false;
    let done = 0;
    let reason: string | undefined;
    const cancel = () => {
      isCancelled = true;
    };
    state.toast.value = { text: t.marking(f.number(count)) };
    try {
      for (let step = await steps.next(); !step.done && !isCancelled; ) {
        const result = await api.post<MarkResult>('api/marks', step.value);
        before.push(...result.before);
        reason ??= result.refused[0]?.reason;
        done += result.changed + result.unchanged + result.not_known.length + result.refused.length;
        state.toast.value = {
          text: t.marking(f.number(count)),
          progress: Math.min(1, done / Math.max(1, count)),
          action: { label: t.cancel, run: cancel },
        };
        step = await steps.next(result);
      }
      state.toast.value = undefined;
      if (reason !== undefined) showProblem(new Error(reason));
    } catch (error) {
      showProblem(error);
    }
    return before;
  };

  const listIds = (selected: Selected) =>
    listAllIds(api, selected, (done) => {
      state.toast.value = {
        text: t.marking(f.number(selected.count)),
        progress: done / (2 * selected.found),
      };
    });

  const markSelected = async (request: MarkRequest) => {
    const selected = readSelected(state, timeZone);
    if (selected.count === 0) return;
    const change = resolve(request, () => (selected.search ? listSeen(request) : selected.ids.map(getMarks)));
    const steps = listMarkSteps(selected, serializeMarkChange(change), () => listIds(selected));
    const before = await runSteps(selected.count, steps);
    const failure = state.toast.peek()?.text;
    if (change.hidden !== undefined && before.length > 0) selection.clear();
    await showChanged(before, () => change);
    const count = before.reduce((sum, { ids }) => sum + ids.length, 0);
    const text = failure ?? t.marked(count, f.number(count));
    state.announcement.value = text;
    state.toast.value = {
      text,
      action: before.length > 0 ? { label: t.undo, run: () => void undo(before) } : undefined,
    };
  };

  const undo = async (items: Undo) => {
    const changes = new Map(
      items.flatMap(({ ids, marks }) => ids.map((id) => [id, parseMarkChange(marks)] as const)),
    );
    const changed = await runSteps(changes.size, listUndoSteps(items));
    await showChanged(changed, (id) => changes.get(id));
    // What went wrong is being said.
    if (state.toast.peek()) return;
    state.toast.value = { text: t.undone };
    state.announcement.value = t.undone;
  };

  const readNote = async (id: string): Promise<NoteVersion> => {
    const response = await api.send(`api/tasks/${encodeURIComponent(id)}/marks`, { cache: 'no-store' });
    const { note } = (await response.json()) as TaskMarksView;
    return { text: note, etag: response.headers.get('etag') ?? '' };
  };

  const saveNote = async (id: string, text: string, base: NoteVersion): Promise<NoteVersion> => {
    try {
      const { marks, etag } = await patch(id, { note: text }, base.etag);
      show(id, { ...getMarks(id), note: marks.note });
      return { text: marks.note, etag };
    } catch (error) {
      if (!(error instanceof ApiFailure && error.status === 412)) throw error;
      const now = await readNote(id);
      // Another mark was changed, and not the note.
      if (now.text === base.text || now.text === text) return saveNote(id, text, now);
      show(id, { ...getMarks(id), note: now.text });
      return now;
    }
  };

  return {
    mark: (request, id) => {
      if (id !== undefined) markOne(request, id);
      else queue = queue.then(() => markSelected(request)).catch(showProblem);
    },
    readNote,
    saveNote,
  };
}

/** @param listMarks of the tasks that are known: what all of them have is taken away, else all get it */
function resolve(request: MarkRequest, listMarks: () => readonly Marks[]): MarkChange {
  const haveAll = (name: 'starred' | 'hidden') => {
    const marks = listMarks();
    return marks.length > 0 && marks.every((each) => each[name]);
  };
  if (request === 'star') return { starred: !haveAll('starred') };
  if (request === 'hide') return { hidden: !haveAll('hidden') };
  return request;
}

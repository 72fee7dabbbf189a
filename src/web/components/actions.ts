/** What a reader can do in the browser; client/ implements it. */
import type { MarkChange } from '../../task/marks.ts';
import type { TagCount } from '../view/data.ts';
import type { View } from '../view/url.ts';
import type { EditedMark, NoteVersion } from './app.ts';
import type { ShellActions } from './shell.ts';

/** A change of marks; `star` and `hide` turn over what is there. */
export type MarkRequest = 'star' | 'hide' | MarkChange;

export interface MarkActions {
  /** @param id undefined: of all that are selected */
  mark(request: MarkRequest, id: string | undefined): void;
  /** Opens a task, if it is not open, at its tags, its note or its collections. */
  editMarks(what: EditedMark, id: string): void;
  suggestTags(prefix: string, signal: AbortSignal): Promise<readonly TagCount[]>;
  readNote(id: string): Promise<NoteVersion>;
  /** @param base the note that it replaces @returns how the mirror has it now: another text, if somebody has changed it since */
  saveNote(id: string, text: string, base: NoteVersion): Promise<NoteVersion>;
}

export interface Actions extends ShellActions, MarkActions {
  /** Shows something else. `push` adds an entry to the history; `type` is for each typed letter. */
  navigate(view: View, how: 'push' | 'type'): void;
  openTask(id: string): void;
  closeTask(): void;
  /** Shows the picture before or after the open one, or the first or last of its page. */
  moveTask(to: 'previous' | 'next' | 'first' | 'last'): void;
  /** @param extend from the tile that was selected last up to this one */
  select(id: string, extend: boolean): void;
  selectAll(): void;
  clearSelection(): void;
  download(as: 'zip' | 'jsonl' | 'csv'): void;
  forget(): void;
  /** Moves the keyboard focus from the search to the wall. */
  leaveSearch(): void;
  jumpToMonth(month: string): void;
  /** @param progress 0 to 1, of the whole wall */
  jumpTo(progress: number): void;
  scrollToTop(): void;
  copy(text: string): void;
  copyDocument(id: string): void;
  suggest(text: string, signal: AbortSignal): Promise<readonly Suggestion[]>;
  /** Loads what could not be loaded. */
  retry(): void;
}

export interface Suggestion {
  /** The whole query with it. */
  readonly query: string;
  readonly text: string;
  readonly count: number | undefined;
  readonly isOperator: boolean;
}

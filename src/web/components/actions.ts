/** What a reader can do in the browser; client/ implements it. */
import type { View } from '../view/url.ts';
import type { ShellActions } from './shell.ts';

export interface Actions extends ShellActions {
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

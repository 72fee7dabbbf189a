/** What the components of the page of collections share: what is shown, and in the browser what can be done. */
import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { CollectionsContent, OpenCollection } from '../../view/collections-data.ts';
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import type { Toast } from '../app.ts';
import type { Problem } from '../use-trial.ts';

export type CollectionDialog = 'create' | 'edit' | 'delete';

/** A picture that is being dragged. */
export interface Drag {
  readonly id: string;
  /** The task beside which it would be dropped, and on which side. */
  readonly target: { readonly id: string; readonly side: 'before' | 'after' } | undefined;
}

export interface CollectionsState {
  readonly content: Signal<CollectionsContent>;
  readonly dialog: Signal<CollectionDialog | undefined>;
  readonly toast: Signal<Toast | undefined>;
  /** The task whose picture the Tab key reaches; undefined: the first one. */
  readonly focusedId: Signal<string | undefined>;
  readonly drag: Signal<Drag | undefined>;
}

export interface CollectionFields {
  readonly name: string;
  readonly note: string;
}

export interface CollectionActions {
  openDialog(name: CollectionDialog | undefined): void;
  /** Leaves the page for that of the new collection. */
  create(fields: CollectionFields): Promise<Problem>;
  edit(fields: CollectionFields): Promise<Problem>;
  /** Leaves the page for the list. */
  remove(): Promise<Problem>;
  share(change: { readonly prompts?: boolean; readonly renew?: boolean }): Promise<Problem>;
  unshare(): Promise<Problem>;
  copy(text: string): Promise<void>;
  /** @param to its place among the loaded ones, from 0, or behind all that there are */
  move(id: string, to: number | 'end'): void;
  take(ids: readonly string[]): void;
  /** @param id null: the first picture */
  chooseCover(id: string | null): void;
  loadMore(): void;
  /** Takes the last change of the order back. */
  undo(): void;
}

export interface Collections {
  readonly texts: CollectionTexts;
  readonly state: CollectionsState;
  /** Undefined on the server, and without a script. */
  readonly actions: CollectionActions | undefined;
}

const CollectionsContext = createContext<Collections | undefined>(undefined);
export const CollectionsProvider = CollectionsContext.Provider;

export function useCollections(): Collections {
  const value = useContext(CollectionsContext);
  if (!value) throw new Error('a component outside the page of collections');
  return value;
}

export function createCollectionsState(content: CollectionsContent): CollectionsState {
  return {
    content: signal(content),
    dialog: signal(undefined),
    toast: signal(undefined),
    focusedId: signal(undefined),
    drag: signal(undefined),
  };
}

/** The collection that is shown, if one is. */
export function getOpen({ content }: Pick<CollectionsState, 'content'>): OpenCollection | undefined {
  const { value } = content;
  return value.kind === 'one' ? value.open : undefined;
}

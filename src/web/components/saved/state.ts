/** What the components of the page of saved searches share: what is shown, and in the browser what can be done. */
import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SavedTexts } from '../../view/i18n/saved/texts.ts';
import type { SavedContent, SavedFields, SavedItem } from '../../view/saved-data.ts';
import type { Problem } from '../use-trial.ts';

export interface SavedState {
  /** Undefined: they could not be read. */
  readonly items: Signal<readonly SavedItem[] | undefined>;
  /** What the new one begins with. */
  readonly query: string;
}

export interface SavedActions {
  create(fields: SavedFields): Promise<Problem>;
  edit(item: SavedItem, fields: SavedFields): Promise<Problem>;
  remove(item: SavedItem): Promise<Problem>;
  /** Gives it a feed, or another key to the one that it has. */
  turnFeedOn(item: SavedItem): Promise<Problem>;
  turnFeedOff(item: SavedItem): Promise<Problem>;
  /** Records that somebody looks at its hits. */
  visit(item: SavedItem): void;
  copy(text: string): Promise<void>;
}

export interface Saved {
  readonly texts: SavedTexts;
  readonly state: SavedState;
  /** Undefined on the server, and without a script. */
  readonly actions: SavedActions | undefined;
}

const SavedContext = createContext<Saved | undefined>(undefined);
export const SavedProvider = SavedContext.Provider;

export function useSaved(): Saved {
  const value = useContext(SavedContext);
  if (!value) throw new Error('a component outside the page of saved searches');
  return value;
}

export function createSavedState({ items, query }: SavedContent): SavedState {
  return { items: signal(items), query };
}

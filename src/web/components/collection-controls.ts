/** What the wall shows and does of collections: loaded with the first task that is opened, or the first selection. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { CollectionData } from '../view/data.ts';
import type { CollectionTexts } from '../view/i18n/collections/texts.ts';

/** A collection that is there, or the name of one that is not yet. */
export type CollectionTarget = Pick<CollectionData, 'id' | 'name'> | { readonly name: string };

/** Each says by itself what it has done, and offers to undo it. */
export interface Collecting {
  /** @param task only those that have it */
  list(task?: string): Promise<readonly CollectionData[]>;
  /** Adds everything that is selected on the wall. */
  addSelected(target: CollectionTarget): void;
  addTask(task: string, target: CollectionTarget): void;
  takeTask(task: string, collection: Pick<CollectionData, 'id' | 'name'>): void;
  /** Increases with each change. */
  readonly version: ReadonlySignal<number>;
}

export interface CollectionControls {
  readonly texts: CollectionTexts;
  readonly collecting: Collecting;
  readonly SelectionCollector: ComponentType<{ readonly controls: CollectionControls }>;
  readonly TaskCollections: ComponentType<{ readonly id: string; readonly controls: CollectionControls }>;
}

/** Collections for tests of the pages. */
import type { Page } from 'playwright-core';
import type { Collection } from '../../src/store/contract/collections.ts';
import type { TaskId } from '../../src/task/id.ts';
import type { TaskLimits } from '../../src/task/limits.ts';
import type { TestMirror } from '../helpers/test-mirror.ts';

interface Options {
  readonly name?: string;
  readonly note?: string;
  readonly limits?: TaskLimits;
}

/** The id of the collection with a number. */
export function collectionIdOf(number: number): string {
  return `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;
}

/** A collection that has these tasks, in this order. */
export async function storeCollection(
  { store, clock }: TestMirror,
  number: number,
  ids: readonly TaskId[],
  { name = `Collection ${number}`, note = '', limits }: Options = {},
): Promise<string> {
  const id = collectionIdOf(number);
  const options = { nowMs: clock.now(), within: undefined };
  await store.addCollection({ id, name, note, limits }, clock.now());
  await store.placeInCollection(id, { ids }, options);
  return id;
}

/** What the mirror has of it. @throws Error if it is not there */
export async function readCollection({ store }: TestMirror, id: string): Promise<Collection> {
  const collection = await store.collection(id, undefined);
  if (!collection) throw new Error('there is no such collection');
  return collection;
}

/** Its tasks, in order. */
export async function readOrder({ store }: TestMirror, id: string): Promise<TaskId[]> {
  return (await store.collectionTasks(id, undefined, 10_000)).map((place) => place.id);
}

/** The pictures of a collection, as the page shows them. */
export function listPictures(page: Page): Promise<(string | undefined)[]> {
  return page
    .locator('.collection-tile .frame')
    .evaluateAll((frames) => frames.map((frame) => (frame as HTMLElement).dataset.id));
}

export function getPicture(page: Page, id: string) {
  return page.locator(`.collection-tile .frame[data-id="${id}"]`);
}

/** Opens the menu of a picture. */
export async function openMenu(page: Page, id: string): Promise<void> {
  const tile = page.locator(`.collection-tile:has(.frame[data-id="${id}"])`);
  await tile.hover();
  await tile.locator('.entry-menu button').first().click();
  await tile.locator('.menu').waitFor();
}

/** Tasks for tests of the gallery, and what it shows of them. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { parseDocument } from '../../src/task/document.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { storeCollection } from './collection-data.ts';
import { storeTasks, taskIdOf } from './wall-data.ts';

/** Stores the texts of documents, as if they had been fetched. */
export async function storeTexts({ store, clock }: TestMirror, ...texts: string[]): Promise<void> {
  await store.storeDocuments({
    documents: texts.map((text) => parseDocument(text, clock.now())),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

export function getTile(page: Page, id: string) {
  return page.locator(`.tile a[data-id=${JSON.stringify(id)}]`);
}

export function getTask(page: Page) {
  return page.locator('dialog#task');
}

/** The floating line, or the one above the pictures. */
export function getTrouble(page: Page) {
  return page.locator('.trouble:visible');
}

/** What the keyboard acts upon: never nothing. */
export async function expectFocus(page: Page, selector = ':focus'): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate((wanted) => {
        const { activeElement: element, body } = document;
        if (!element || element === body) return 'body';
        return element.matches(wanted) ? 'there' : `${element.nodeName}.${element.className}`;
      }, selector),
    )
    .toBe('there');
}

/** A mirror with forty tasks of three months, some with pictures, one that is generated, one that has failed, a collection, and a saved search. */
export async function startGallery(
  settings: Parameters<typeof startTestMirror>[0] = {},
): Promise<TestMirror> {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  const models = ['flux-dev', 'flux-pro', 'flux-schnell'];
  const tasks = numberedIds(40).map((id, at) => ({
    id,
    prompt: `a ${['white', 'black', 'red'][at % 3]} ${['cat', 'dog'][at % 2]} number ${at}`,
    createdAt: NEWEST_S - at * 3 * DAY_S,
    model: models[at % 3] ?? '',
    state: ({ 0: 'pending', 1: 'failed' } as const)[at] ?? ('succeeded' as const),
  }));
  const hasPicture = (at: number) => at >= 2 && at < 8;
  await storeTasks(
    here,
    tasks.filter((_, at) => !hasPicture(at)),
  );
  for (const [at, id] of numberedIds(8).entries()) {
    if (!hasPicture(at)) continue;
    host.serve(`/${at}`, await picture('png', { width: 200 + at * 40, shade: at * 30 }));
    await storeTaskWithImages(here, id, [`${host.url}/${at}`], tasks[at]);
  }
  await here.mirror.archiver.run();
  await storeGap(here);
  await storeSavedSearch(here);
  return here;
}

/** A collection with pictures, what is generated, what has failed, and the gap of a task that was forgotten. */
async function storeGap(here: TestMirror): Promise<void> {
  const [pending, failed, first, second] = numberedIds(4);
  const forgotten = taskIdOf(99);
  await storeTasks(here, [{ id: forgotten }]);
  const ids = [second, forgotten, pending, first, failed].filter((id) => id !== undefined);
  await storeCollection(here, 1, ids, { name: 'Posters', note: 'for Friday' });
  await here.store.remove(forgotten);
}

/** One with a feed, and with limits. */
async function storeSavedSearch({ store }: TestMirror): Promise<void> {
  const limits = { userIds: ['someone'], applicationIds: [] };
  const fields = { name: 'White cats', query: 'white cat -"black dog"', timeZone: undefined };
  await store.addSavedSearch({ ...fields, id: taskIdOf(7), limits, nowMs: 1 });
  await store.changeSavedSearch(taskIdOf(7), { feedKey: 'k'.repeat(22) }, { nowMs: 1 });
}

const NEWEST_S = Date.UTC(2026, 2, 14, 10) / 1000;
const DAY_S = 86_400;

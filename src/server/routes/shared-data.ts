/** Reads what the page of a public link shows: no more of a task than that. */
import { isVideo } from '../../archive/formats.ts';
import type { Collection } from '../../store/contract/collections.ts';
import type { TaskImage } from '../../store/contract/images.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { findVisibleTasks } from '../../views/collections-json.ts';
import { readTask } from '../../views/hit-base.ts';
import { createFormats } from '../../web/view/format.ts';
import type { Language } from '../../web/view/i18n/dictionary.ts';
import type { SharedCollection, SharedItem } from '../../web/view/shared-data.ts';

/** Tasks on a page. */
export const SHARED_PAGE_SIZE = 100;

interface LoadOptions {
  /** Address of the link, relative to the page. */
  readonly base: string;
  readonly language: Language;
  /** The last place of the page before; undefined: the first page. */
  readonly after: number | undefined;
  /** Of the first item. */
  readonly firstNumber: number;
}

/** Without tasks that are hidden: they were put away since they were put in. */
export async function loadSharedCollection(
  store: Pick<Store, 'collectionTasks' | 'getMany' | 'marksOf' | 'imagesOf'>,
  collection: Collection,
  { base, language, after, firstNumber }: LoadOptions,
): Promise<SharedCollection> {
  const places = await store.collectionTasks(collection.id, after, SHARED_PAGE_SIZE + 1);
  const page = places.slice(0, SHARED_PAGE_SIZE);
  const ids = page.map(({ id }) => id);
  const [tasks, images] = await Promise.all([findVisibleTasks(store, collection, ids), store.imagesOf(ids)]);
  const describe = createDescriber(language, collection.link?.showsPrompts === true);
  const last = page.at(-1);
  const hasNext = places.length > page.length;
  return {
    name: collection.name,
    note: collection.note,
    count: collection.taskCount,
    items: ids.map((id) =>
      describe(
        tasks.get(id),
        images.filter(({ taskId }) => taskId === id),
      ),
    ),
    firstNumber,
    isFirstPage: after === undefined,
    next: hasNext && last ? `${base}?after=${last.place}&number=${firstNumber + page.length}` : undefined,
  };
}

function createDescriber(language: Language, showsPrompts: boolean) {
  const formats = createFormats(language, 'UTC');
  return (task: StoredTask | undefined, archived: readonly TaskImage[]): SharedItem => {
    if (!task) return { pictures: [], reason: 'gap', text: undefined };
    const shown = archived.filter((image) => showsPrompts || !isVideo(image));
    return {
      pictures: shown.map((image) => ({
        sha256: image.sha256,
        kind: isVideo(image) ? 'video' : 'image',
        width: image.width,
        height: image.height,
      })),
      reason: shown.length > 0 ? undefined : archived.length > 0 ? 'videoNotShown' : 'notArchived',
      text: showsPrompts ? describeTask(task, formats) : undefined,
    };
  };
}

function describeTask(task: StoredTask, { date }: ReturnType<typeof createFormats>): SharedItem['text'] {
  const { prompt, model } = readTask(task).document;
  return { prompt, facts: [model, date(task.createdAtMs)].filter((fact) => fact !== undefined).join(' · ') };
}

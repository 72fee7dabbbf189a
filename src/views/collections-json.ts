/** Collections as JSON. The same for the routes and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { createQuery } from '../search/ast.ts';
import type { Collection, CollectionTask, TaskRun } from '../store/contract/collections.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import { isOwnerWithin } from '../task/limits.ts';
import type { CollectionTasks, CollectionView, TakingView } from './collections-schema.ts';
import { readTask } from './hit-base.ts';
import { serializeHits } from './search-hit.ts';
import type { SearchHit } from './search-schema.ts';
import { findColor, serializeTiles } from './tile-json.ts';

type CoverStore = Pick<Store, 'collectionTasks' | 'getMany' | 'imagesOf' | 'marksOf'>;

/** Tasks at the beginning that may give the picture of a collection. */
const MAX_COVER_TASKS = 20;

/**
 * @param options.publicUrl of the mirror, without a slash at its end
 * @param options.showsLink whether the reader may see the public link
 */
export async function serializeCollection(
  store: CoverStore,
  collection: Collection,
  { publicUrl, showsLink }: { publicUrl: string; showsLink: boolean },
): Promise<CollectionView> {
  const { id, name, note, taskCount, link, createdAtMs, changedAtMs } = collection;
  return {
    ...{ id, name, note, tasks: taskCount },
    cover: await findCover(store, collection),
    is_shared: link !== undefined,
    link:
      link && showsLink
        ? {
            url: `${publicUrl}/shared/${link.key}`,
            shows_prompts: link.showsPrompts,
            created_at: formatIsoTime(link.createdAtMs),
          }
        : null,
    created_at: formatIsoTime(createdAtMs),
    changed_at: formatIsoTime(changedAtMs),
  };
}

/** The task that was chosen, else the first one of those at the beginning that has a picture, else the first. */
async function findCover(store: CoverStore, collection: Collection): Promise<CollectionView['cover']> {
  const { cover, id } = collection;
  const places = cover === undefined ? await store.collectionTasks(id, undefined, MAX_COVER_TASKS) : [];
  const ids = cover === undefined ? places.map((place) => place.id) : [cover];
  const pictures = (await store.imagesOf(ids)).filter(({ thumbhash }) => thumbhash !== undefined);
  const candidates = new Set([...pictures.map(({ taskId }) => taskId), ...ids]);
  // One after the other: documents are long, lists have a thousand covers, and the first candidate is nearly always visible.
  for (const task of candidates) {
    if (!(await findVisibleTasks(store, collection, [task])).has(task)) continue;
    const { sha256 = null, thumbhash } = pictures.find(({ taskId }) => taskId === task) ?? {};
    return { id: task, sha256, color: findColor(thumbhash), is_chosen: cover !== undefined };
  }
  return null;
}

/** The tasks that are stored, within the limits of the collection, and not hidden. */
export async function findVisibleTasks(
  store: Pick<Store, 'getMany' | 'marksOf'>,
  { limits }: Pick<Collection, 'limits'>,
  ids: readonly CollectionTask['id'][],
): Promise<Map<CollectionTask['id'], StoredTask>> {
  const [tasks, marks] = await Promise.all([store.getMany(ids), store.marksOf(ids)]);
  const hidden = new Set(marks.filter((one) => one.hidden).map((one) => one.id));
  const visible = tasks.filter((task) => !hidden.has(task.id) && isTaskWithin(task, limits));
  return new Map(visible.map((task) => [task.id, task]));
}

function isTaskWithin(task: StoredTask, limits: Collection['limits']): boolean {
  if (!limits) return true;
  const { userId, applicationId } = readTask(task).document;
  return isOwnerWithin(limits, { userId, applicationId });
}

type TaskView = CollectionTasks['items'][number];
type HitView = TaskView & { readonly task: SearchHit | null };

/** The tasks of a page of a collection; hidden ones are among them: they were put there. */
export async function serializeCollectionTasks(
  store: Store,
  collection: Pick<Collection, 'limits'>,
  places: readonly CollectionTask[],
  shape: { basePath: string; areTiles: false },
): Promise<HitView[]>;
export async function serializeCollectionTasks(
  store: Store,
  collection: Pick<Collection, 'limits'>,
  places: readonly CollectionTask[],
  shape: { basePath: string; areTiles: boolean },
): Promise<TaskView[]>;
export async function serializeCollectionTasks(
  store: Store,
  { limits }: Pick<Collection, 'limits'>,
  places: readonly CollectionTask[],
  { basePath, areTiles }: { basePath: string; areTiles: boolean },
): Promise<TaskView[]> {
  const stored = await store.getMany(places.map(({ id }) => id));
  const hits = stored.filter((task) => isTaskWithin(task, limits)).map((task) => ({ task }));
  const query = createQuery([]);
  const views = areTiles
    ? await serializeTiles(store, hits, query)
    : await serializeHits(store, hits, query, basePath);
  const byId = new Map(views.map((view) => [view.id, view]));
  return places.map(({ id, addedAtMs }) => ({
    id,
    added_at: formatIsoTime(addedAtMs),
    task: byId.get(id) ?? null,
  }));
}

export function serializeRuns(runs: readonly TaskRun[]): TakingView['before'] {
  return runs.map(({ ids, before }) => ({ ids: [...ids], before: before ?? null }));
}

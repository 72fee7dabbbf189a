/** The tasks of a collection, and the ones of them that a person names: those that the mirror has no more are among them. */
import type { Collection } from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskId } from '../../task/id.ts';
import { CommandFailed } from '../failure.ts';
import { type ResolvedArgs, resolveArgs } from '../resolve-ids.ts';

const PAGE_SIZE = 500;

type PlaceStore = Pick<Store, 'collectionTasks'>;
type CollectionPlaces = Awaited<ReturnType<PlaceStore['collectionTasks']>>;

/** Pages of its tasks, in order. */
export async function* streamPlaces(
  store: PlaceStore,
  { id }: Pick<Collection, 'id'>,
): AsyncGenerator<CollectionPlaces> {
  let after: number | undefined;
  for (;;) {
    const page = await store.collectionTasks(id, after, PAGE_SIZE);
    if (page.length > 0) yield page;
    if (page.length < PAGE_SIZE) return;
    after = page.at(-1)?.place;
  }
}

/** @param args ids, or their first 6 or more characters */
export async function resolvePlaces(
  store: PlaceStore,
  collection: Pick<Collection, 'id'>,
  args: readonly string[],
): Promise<ResolvedArgs> {
  const ids: TaskId[] = [];
  for await (const page of streamPlaces(store, collection)) ids.push(...page.map(({ id }) => id));
  ids.sort();
  const findIds = (prefix: string, { limit }: { readonly limit: number }) =>
    ids.filter((id) => id.startsWith(prefix)).slice(0, limit);
  return resolveArgs({ findIds }, args);
}

/** @throws CommandFailed if it is none of its tasks, or several */
export async function resolveOnePlace(
  store: PlaceStore,
  collection: Pick<Collection, 'id'>,
  arg: string,
): Promise<TaskId> {
  const { ids, ambiguous } = await resolvePlaces(store, collection, [arg]);
  const [id] = ids;
  if (id === undefined)
    throw new CommandFailed(ambiguous.length > 0 ? 'nothing was changed' : `not in the collection: ${arg}`);
  return id;
}

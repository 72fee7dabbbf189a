/** Finds the collection that a person means. */
import type { Collection, CollectionOutcome } from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import { foldName } from '../../task/entry-name.ts';
import { MIN_ID_PREFIX_LENGTH } from '../../task/id.ts';
import { CommandFailed } from '../failure.ts';

export const NAME_ARGUMENT = 'its name, or the first 6 or more characters of its id';

/** A whole id counts before a name, and a name before the beginning of an id. @throws CommandFailed if it is none, or several */
export async function findCollection(store: Pick<Store, 'collections'>, given: string): Promise<Collection> {
  const all = await store.collections(undefined);
  const [id, name] = [given.toLowerCase(), foldName(given)];
  const ways = [
    (one: Collection) => one.id === id,
    (one: Collection) => foldName(one.name) === name,
    (one: Collection) => id.length >= MIN_ID_PREFIX_LENGTH && one.id.startsWith(id),
  ];
  const found = ways.map((isMeant) => all.filter(isMeant)).find(({ length }) => length > 0) ?? [];
  const [first, ...others] = found;
  if (!first)
    throw new CommandFailed(
      `there is no collection ${JSON.stringify(given)}: \`flux-mirror collection\` lists them`,
    );
  if (others.length > 0)
    throw new CommandFailed(
      `${JSON.stringify(given)} may be several collections, name one by its id: ${found.map(describeCandidate).join(', ')}`,
    );
  return first;
}

function describeCandidate(collection: Collection): string {
  return [`${collection.id} ${JSON.stringify(collection.name)}`, ...describeLimits(collection)].join(' of ');
}

/** Whose tasks it may have; nothing if it has no limits. */
export function describeLimits({ limits }: Pick<Collection, 'limits'>): string[] {
  if (!limits) return [];
  const list = (what: string, ids: readonly string[]) =>
    ids.length > 0 ? [`${what} ${ids.join(', ')}`] : [];
  return [...list('users', limits.userIds), ...list('applications', limits.applicationIds)];
}

/** @returns what was done @throws CommandFailed for what was refused */
export function unwrap<Done extends { readonly kind: 'done' }>(
  outcome: Done | Exclude<CollectionOutcome, { readonly kind: 'done' }>,
): Done {
  switch (outcome.kind) {
    case 'done':
      return outcome;
    case 'refused':
      throw new CommandFailed(outcome.reason);
    case 'name-taken':
      throw new CommandFailed('another collection has this name');
    case 'unknown':
    case 'conflict':
      throw new CommandFailed('the collection was changed or deleted in the meantime: try again');
  }
}

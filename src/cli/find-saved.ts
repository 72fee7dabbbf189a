/** Finds the saved search that a command is about: by its name, or by the beginning of its id where several have that name. */
import type { SavedSearch, SavedSearchStore } from '../store/contract/saved-searches.ts';
import { foldName } from '../task/entry-name.ts';
import { CommandFailed } from './failure.ts';

/** @throws CommandFailed if there is none, or several */
export async function findSaved(
  store: Pick<SavedSearchStore, 'savedSearches'>,
  given: string,
): Promise<SavedSearch> {
  const all = await store.savedSearches();
  const named = all.filter(({ name }) => foldName(name) === foldName(given));
  const found = named.length > 0 ? named : all.filter(({ id }) => id.startsWith(given.toLowerCase()));
  const [saved] = found;
  if (!saved || given === '') throw new CommandFailed(`there is no saved search ${JSON.stringify(given)}`);
  if (found.length > 1) {
    const list = found.map(({ id, limits }) => `${id} (${describeLimits(limits)})`).join(', ');
    throw new CommandFailed(
      `${JSON.stringify(given)} is the name of several, by different tokens: name one by its id: ${list}`,
    );
  }
  return saved;
}

/** Whose tasks it finds. */
export function describeLimits(limits: SavedSearch['limits']): string {
  const { userIds = [], applicationIds = [] } = limits ?? {};
  const parts = [
    ...(userIds.length === 0 ? [] : [`users ${userIds.join(', ')}`]),
    ...(applicationIds.length === 0 ? [] : [`applications ${applicationIds.join(', ')}`]),
  ];
  return parts.length === 0 ? 'all tasks' : parts.join('; ');
}

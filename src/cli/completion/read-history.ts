/** What the mirror of a data directory offers to a shell that completes a word. */
import type { StoreLocation } from '../../app/open-store.ts';
import { runWithStore } from '../../app/with-store.ts';
import { cleanField } from '../../lib/clean-text.ts';
import { cutText } from '../../lib/cut-text.ts';
import { OperatorError } from '../../lib/operator-error.ts';
import { createQuery } from '../../search/ast.ts';
import { StoreError } from '../../store/contract/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { getPrompt } from '../../task/document.ts';
import type { Candidate, History } from './complete-words.ts';

const MAX_IDS = 30;
const MAX_TAGS = 1000;
const SHORT_ID_LENGTH = 8;
const MAX_PROMPT_LENGTH = 60;

export function createHistory(location: StoreLocation): History {
  /** A shell has no place for an error: without a mirror there is nothing to offer. */
  const read = async (work: (store: Store) => Promise<Candidate[]>): Promise<Candidate[]> => {
    try {
      return await runWithStore(location, 'reader', work);
    } catch (error) {
      if (error instanceof OperatorError || error instanceof StoreError) return [];
      throw error;
    }
  };

  return {
    listIds: (prefix) =>
      read(async (store) => {
        const tasks = prefix === '' ? await findNewest(store) : await findByPrefix(store, prefix);
        return tasks.map((task) => ({
          value: shorten(task.id, prefix),
          description: cutText(cleanField(getPrompt(task.text)), MAX_PROMPT_LENGTH),
        }));
      }),
    listTokens: () =>
      read(async (store) => {
        const tokens = await store.accessTokens();
        return tokens.flatMap(({ name, revokedAtMs, isReadOnly }) =>
          revokedAtMs === undefined ? [{ value: name, description: isReadOnly ? 'read-only' : '' }] : [],
        );
      }),
    listSaved: () =>
      read(async (store) => {
        const all = await store.savedSearches();
        return all.map(({ name, query }) => ({ value: cleanField(name), description: query }));
      }),
    listCollections: () =>
      read(async (store) => {
        const collections = await store.collections(undefined);
        return collections.map(({ name, taskCount }) => ({ value: name, description: `${taskCount} tasks` }));
      }),
    listTags: () =>
      read(async (store) => {
        const tags = await store.tags({ prefix: '', limit: MAX_TAGS });
        return tags.map(({ tag, count }) => ({ value: cleanField(tag), description: `${count} tasks` }));
      }),
    listModels: () =>
      read(async (store) => {
        const { models } = await store.facets({
          ...{ query: createQuery([]), filter: {} },
          ...{ by: 'year', timeZone: 'UTC', only: ['model'] },
        });
        return models.flatMap(({ value, count }) =>
          value === null ? [] : [{ value: cleanField(value), description: `${count} tasks` }],
        );
      }),
  };
}

async function findNewest(store: Store): Promise<StoredTask[]> {
  const query = createQuery([]);
  const page = await store.search({
    query,
    filter: { includesHidden: true },
    sort: 'newest',
    limit: MAX_IDS,
    nowMs: 0,
  });
  return page.hits.map(({ task }) => task);
}

async function findByPrefix(store: Store, prefix: string): Promise<StoredTask[]> {
  return store.getMany(await store.findIds(prefix, { limit: MAX_IDS, onlyDocuments: true }));
}

/** As much of an id as commands need, and at least what was typed. */
function shorten(id: string, prefix: string): string {
  return prefix.length < SHORT_ID_LENGTH ? id.slice(0, SHORT_ID_LENGTH) : id;
}

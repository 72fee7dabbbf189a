/** The tasks in the feed of a saved search: its newest exact matches that are worth showing. Runs on a search thread. */
import type { QueryNode } from '../../search/ast.ts';
import { readSavedQuery } from '../../store/contract/saved-query.ts';
import type { Store } from '../../store/contract/store.ts';
import type { FeedAnswer, FeedQuestion } from './search-protocol.ts';

const MAX_FEED_TASKS = 50;

/** Readers show an item once: one that is unfinished would never get its picture. So others come only if the query names states. */
export async function findFeedTasks(
  store: Pick<Store, 'search'>,
  { saved, nowMs }: FeedQuestion,
): Promise<FeedAnswer> {
  const { query, filter } = readSavedQuery(saved, nowMs);
  const page = await store.search({
    ...{ query, sort: 'newest', limit: MAX_FEED_TASKS, nowMs },
    filter: query.parts.some(mentionsState) ? filter : { ...filter, values: { state: ['succeeded'] } },
  });
  return { tasks: page.hits.map(({ task }) => task) };
}

function mentionsState(node: QueryNode): boolean {
  if (node.kind === 'field') return node.field === 'state';
  if (node.kind === 'not') return mentionsState(node.part);
  return (node.kind === 'and' || node.kind === 'or') && node.parts.some(mentionsState);
}

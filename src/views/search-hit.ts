/** A search hit as JSON, with the matched places of the prompt. The same for the route and the command. */

import { getPathPrefix } from '../lib/base-path.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import type { Query, TextNode } from '../search/ast.ts';
import { findHighlights } from '../search/highlights.ts';
import type { TaskImage } from '../store/contract/images.ts';
import type { Hit, SimilarHit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { serializeArtifacts } from './artifacts-json.ts';
import { createLeafFinder, readMarks, readTask, serializeBase, serializeMatch } from './hit-base.ts';
import type { SearchHit, SimilarHitView } from './search-schema.ts';

/** Hits with their archived images. @param basePath as in the settings */
export async function serializeHits(
  store: Store,
  hits: readonly Hit[],
  query: Query,
  basePath: string,
): Promise<SearchHit[]> {
  const findLeaves = createLeafFinder(query);
  return serializeAll(store, hits, basePath, (hit) => ({
    leaves: findLeaves(hit),
    more: serializeMatch(hit.close),
  }));
}

/** The same for similar prompts, which match no query. */
export async function serializeSimilarHits(
  store: Store,
  hits: readonly SimilarHit[],
  basePath: string,
): Promise<SimilarHitView[]> {
  return serializeAll(store, hits, basePath, ({ similarity, shared }) => ({
    leaves: shared.map(({ node }) => node),
    more: { similarity, shared: shared.map(({ text }) => text) },
  }));
}

type TaskHit = Pick<Hit, 'task' | 'group'>;

/** @param describe what is highlighted in the prompt of a hit, and the members that only its kind has */
async function serializeAll<Found extends TaskHit, More extends object>(
  store: Store,
  hits: readonly Found[],
  basePath: string,
  describe: (hit: Found) => { leaves: readonly TextNode[]; more: More },
) {
  const ids = hits.map(({ task }) => task.id);
  const [images, marks] = await Promise.all([store.imagesOf(ids), readMarks(store, ids)]);
  const prefix = getPathPrefix(basePath);
  return hits.map((hit) => {
    const { leaves, more } = describe(hit);
    const archived = images.filter(({ taskId }) => taskId === hit.task.id);
    return { ...serializeTask(hit, leaves, archived, prefix), ...marks(hit.task.id), ...more };
  });
}

/** @param archived the task's archived images @param basePath prefix of their URLs, without a trailing slash */
function serializeTask(
  { task, group }: TaskHit,
  leaves: readonly TextNode[],
  archived: readonly TaskImage[],
  basePath: string,
) {
  const { document, value } = readTask(task);
  const { prompt, seed, userId, applicationId } = document;
  return {
    ...serializeBase(task, document),
    seed: serializeSeed(seed),
    user_id: userId ?? null,
    application_id: applicationId ?? null,
    prompt,
    highlights: findHighlights(leaves, prompt),
    ...serializeArtifacts(value, archived, basePath),
    ...(group
      ? {
          group: {
            count: group.count,
            tasks: group.tasks.map(({ id, state, createdAtMs }) => ({
              id,
              state,
              created_at: formatIsoTime(createdAtMs),
            })),
          },
        }
      : {}),
  };
}

/** A number if it is exact, else digits as text. */
function serializeSeed(seed: string | undefined): number | string | null {
  if (seed === undefined) return null;
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : seed;
}

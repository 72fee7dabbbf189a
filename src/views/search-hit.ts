/** A search hit as JSON, with the matched places of the prompt. The same for the route and the command. */

import { getPathPrefix } from '../lib/base-path.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { collectWantedText, type Query, type TextNode } from '../search/ast.ts';
import { findHighlights } from '../search/highlights.ts';
import type { TaskImage } from '../store/contract/images.ts';
import type { Hit, SimilarHit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { readDocument } from '../task/document.ts';
import type { JsonObject } from '../task/json-object.ts';
import { serializeArtifacts } from './artifacts-json.ts';
import type { SearchHit, SimilarHitView } from './search-schema.ts';

/** Hits with their archived images. @param basePath as in the settings */
export async function serializeHits(
  store: Store,
  hits: readonly Hit[],
  query: Query,
  basePath: string,
): Promise<SearchHit[]> {
  const leaves = collectWantedText(query);
  return serializeAll(store, hits, basePath, ({ close }) => ({
    leaves: close ? close.leaves : leaves,
    more: serializeMatch(close),
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
  const images = await store.imagesOf(hits.map(({ task }) => task.id));
  const prefix = getPathPrefix(basePath);
  return hits.map((hit) => {
    const { leaves, more } = describe(hit);
    const archived = images.filter(({ taskId }) => taskId === hit.task.id);
    return { ...serializeTask(hit, leaves, archived, prefix), ...more };
  });
}

/** @param archived the task's archived images @param basePath prefix of their URLs, without a trailing slash */
function serializeTask(
  { task, group }: TaskHit,
  leaves: readonly TextNode[],
  archived: readonly TaskImage[],
  basePath: string,
) {
  const value = JSON.parse(task.text) as JsonObject; // validated before it was stored
  const { prompt, model, size, action, seed, userId, applicationId } = readDocument(
    task.text,
    value,
    task.fetchedAtMs,
  );
  return {
    id: task.id,
    created_at: formatIsoTime(task.createdAtMs),
    state: task.state,
    action: action ?? null,
    model: model ?? null,
    size: size ?? null,
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

/** Whether it matches exactly, and in what a close match differs. */
function serializeMatch(
  close: Hit['close'],
): Pick<SearchHit, 'match' | 'missing' | 'corrected' | 'word_form'> {
  if (!close) return { match: 'exact' };
  const { missing, corrected, wordForms } = close.difference;
  return { match: 'close', missing: [...missing], corrected: [...corrected], word_form: [...wordForms] };
}

/** A number if it is exact, else digits as text. */
function serializeSeed(seed: string | undefined): number | string | null {
  if (seed === undefined) return null;
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : seed;
}

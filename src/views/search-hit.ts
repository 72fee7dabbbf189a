/** A search hit as JSON, with the matched places of the prompt. The same for the route and the command. */

import { getPathPrefix } from '../lib/base-path.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { collectWantedText, type Query } from '../search/ast.ts';
import { findHighlights } from '../search/highlights.ts';
import type { TaskImage } from '../store/contract/images.ts';
import type { Hit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { readDocument } from '../task/document.ts';
import type { JsonObject } from '../task/json-object.ts';
import { serializeArtifacts } from './artifacts-json.ts';
import type { SearchHit } from './search-schema.ts';

/** Hits with their archived images. @param basePath as in the settings */
export async function serializeHits(
  store: Store,
  hits: readonly Hit[],
  query: Query,
  basePath: string,
): Promise<SearchHit[]> {
  const images = await store.imagesOf(hits.map(({ task }) => task.id));
  const prefix = getPathPrefix(basePath);
  return hits.map((hit) =>
    serializeHit(
      hit,
      query,
      images.filter(({ taskId }) => taskId === hit.task.id),
      prefix,
    ),
  );
}

/** @param archived the task's archived images @param basePath prefix of their URLs, without a trailing slash */
function serializeHit(
  { task, group, close }: Hit,
  query: Query,
  archived: readonly TaskImage[],
  basePath: string,
): SearchHit {
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
    highlights: findHighlights(close ? close.leaves : collectWantedText(query), prompt),
    ...serializeMatch(close),
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

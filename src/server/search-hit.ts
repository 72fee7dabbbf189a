/** A search hit as JSON: what a list shows, and where the prompt matched. The same for the route and the command. */
import { highlights } from '../search/highlights.ts';
import type { Query } from '../search/query-tree.ts';
import type { Hit } from '../store/contract.ts';
import { readDocument } from '../task/document.ts';
import type { JsonObject } from '../task/json-object.ts';
import { imageUrls } from '../task/state.ts';

export function searchHit({ task, group }: Hit, query: Query) {
  const value = JSON.parse(task.text) as JsonObject; // it was read as a document before it was stored
  const { prompt, model, size, action, seed, userId, applicationId } = readDocument(
    task.text,
    value,
    task.fetchedAtMs,
  );
  return {
    id: task.id,
    created_at: new Date(task.createdAtMs).toISOString(),
    state: task.state,
    action: action ?? null,
    model: model ?? null,
    size: size ?? null,
    seed: seed ?? null,
    user_id: userId ?? null,
    application_id: applicationId ?? null,
    prompt,
    highlights: highlights(query, prompt),
    images: imageUrls(value).map((url) => ({ url })),
    ...(group
      ? {
          group: {
            count: group.count,
            tasks: group.tasks.map(({ id, state, createdAtMs }) => ({
              id,
              state,
              created_at: new Date(createdAtMs).toISOString(),
            })),
          },
        }
      : {}),
  };
}

export type SearchHit = ReturnType<typeof searchHit>;

/** A search hit as JSON: what a list shows, and where the prompt matched. The same for the route and the command. */
import { highlights } from '../search/highlights.ts';
import type { Query } from '../search/query.ts';
import type { StoredTask } from '../store/contract.ts';
import { parseDocument } from '../task/document.ts';
import { imageUrls } from '../task/state.ts';

export function searchHit(task: StoredTask, query: Query) {
  const { prompt, model, size, action, seed, userId, applicationId } = parseDocument(
    task.text,
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
    images: imageUrls(JSON.parse(task.text)).map((url) => ({ url })),
  };
}

export type SearchHit = ReturnType<typeof searchHit>;

/** Everything that is known about one task, for the page that shows it. */
import * as z from 'zod';
import { getPathPrefix } from '../lib/base-path.ts';
import { cleanField } from '../lib/clean-text.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { parseArtifact } from '../search/artifact-field.ts';
import type { Query } from '../search/ast.ts';
import { createQuery } from '../search/ast.ts';
import type { Hit } from '../store/contract/search.ts';
import type { Store } from '../store/contract/store.ts';
import { listArtifacts } from '../task/artifacts.ts';
import { findCost, MILLIONTHS } from '../task/cost.ts';
import { parseEpochMs } from '../task/epoch-time.ts';
import { findFailure } from '../task/failure.ts';
import type { TaskId } from '../task/id.ts';
import { listInputImageLinks } from '../task/input-images.ts';
import { getOwn, type JsonObject } from '../task/json-object.ts';
import type { TaskLimits } from '../task/limits.ts';
import { normalizeLink } from '../task/link.ts';
import { getRequest } from '../task/members.ts';
import { serializeLocalImage } from './artifacts-json.ts';
import { text, time } from './schema-values.ts';
import { serializeHits } from './search-hit.ts';
import { hitSchema, imageSchema } from './search-schema.ts';

/** Characters of a document in a page; the rest is at `/api/tasks/:id`. */
const MAX_DOCUMENT_CHARACTERS = 20_000;

/** `GET /api/tasks/:id/details`. */
export const taskDetailsSchema = z.strictObject({
  ...hitSchema.omit({ match: true, missing: true, corrected: true, word_form: true, group: true }).shape,
  finished_at: time.nullable(),
  fetched_at: time.nullable().meta({
    description: 'when the upstream last confirmed it; null while only the request is known',
  }),
  cost: z.number().nullable().meta({ description: 'in credits' }),
  elapsed: z.number().nullable().meta({ description: 'seconds' }),
  error: text.nullable(),
  inputs: z
    .array(imageSchema)
    .meta({ description: 'the pictures that it was given, and their archived copies' }),
  request: text.meta({ description: 'what was sent to the service, as JSON' }),
  document: text.meta({ description: 'the stored text, cut when it is long' }),
  document_is_cut: z.boolean(),
});

export type TaskDetailsView = z.output<typeof taskDetailsSchema>;

/** @param query whose words are highlighted @param within whose tasks the caller may see */
export async function serializeDetails(
  store: Store,
  { task }: Hit,
  { query, basePath, within }: { query: Query; basePath: string; within: TaskLimits | undefined },
): Promise<TaskDetailsView> {
  const [hit] = await serializeHits(store, [{ task }], query, basePath);
  if (!hit) throw new Error('one task is one hit');
  const { match: _match, ...shared } = hit;
  const document = JSON.parse(task.text) as JsonObject; // validated before it was stored
  const cost = findCost(document);
  const elapsed = getOwn(document, 'elapsed');
  const failure = findFailure(document);
  return {
    ...shared,
    finished_at: formatIsoTime(parseEpochMs(getOwn(document, 'finished_at'))),
    fetched_at: task.fetchedAtMs === 0 ? null : formatIsoTime(task.fetchedAtMs),
    cost: cost === undefined ? null : cost / MILLIONTHS,
    elapsed: typeof elapsed === 'number' && elapsed >= 0 ? elapsed : null,
    error: failure === undefined ? null : cleanField(failure),
    inputs: await findInputs(store, { id: task.id, document }, within, getPathPrefix(basePath)),
    request: JSON.stringify(getRequest(document)),
    document: task.text.slice(0, MAX_DOCUMENT_CHARACTERS),
    document_is_cut: task.text.length > MAX_DOCUMENT_CHARACTERS,
  };
}

/** Input images have copies of their own; one that has not is often the result of another task. */
async function findInputs(
  store: Store,
  { id, document }: { id: TaskId; document: JsonObject },
  within: TaskLimits | undefined,
  prefix: string,
): Promise<TaskDetailsView['inputs']> {
  const links = listInputImageLinks(document);
  if (links.length === 0) return [];
  const own = await store.inputImagesOf(id);
  return Promise.all(
    links.map(async (url, index) => {
      const copy = own.find(({ n }) => n === index) ?? (await findCopy(store, url, within));
      return { url, local: copy ? serializeLocalImage(copy, prefix) : null };
    }),
  );
}

async function findCopy(store: Store, url: string, within: TaskLimits | undefined) {
  const node = parseArtifact(url);
  if (!node) return undefined;
  const filter = { includesHidden: true, ...(within ? { within } : {}) };
  const found = await store.search({
    query: createQuery([node]),
    filter,
    sort: 'newest',
    limit: 1,
    nowMs: 0,
  });
  const [hit] = found.hits;
  if (!hit) return undefined;
  const artifacts = listArtifacts(JSON.parse(hit.task.text) as JsonObject);
  const n = artifacts.findIndex((artifact) => normalizeLink(artifact.url) === normalizeLink(url));
  const copies = await store.imagesOf([hit.task.id]);
  return copies.find((copy) => copy.n === n && copy.width !== undefined);
}

/** `/api/collections`: named, ordered lists of tasks, and their public links. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { createRandomKey } from '../../lib/random-key.ts';
import { type Cursor, encodeCursor } from '../../search/cursor.ts';
import type {
  ChangeOptions,
  Collection,
  CollectionOutcome,
  CollectionRefusal,
  Placement,
} from '../../store/contract/collections.ts';
import { getOwn } from '../../task/json-object.ts';
import {
  serializeCollection,
  serializeCollectionTasks,
  serializeRuns,
} from '../../views/collections-json.ts';
import type {
  CollectionList,
  CollectionTasks,
  PlacementView,
  TakingView,
} from '../../views/collections-schema.ts';
import { readJsonBody } from '../body.ts';
import {
  readCollectionChange,
  readLinkChange,
  readNewCollection,
  readRuns,
  readTaskId,
} from '../collection-body.ts';
import { createCollectionNotFound } from '../collection-not-found.ts';
import { getPublicUrl } from '../connections/public-url.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { formatEntityTag, readExpectedVersions } from '../entity-tags.ts';
import { convertToFields } from '../form-body.ts';
import { getQueryParams, readChoiceParam, readIntegerParam } from '../query-params.ts';
import { findSelectedIds } from '../selection/selected-ids.ts';
import { readSelection } from '../selection/selection.ts';
import { createSelectionDeps } from '../selection/selection-deps.ts';
import { parseIdParam } from './tasks.ts';

const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 100;

export function createCollectionRoutes(deps: ServerDeps): Hono<ServerEnv> {
  const { store, clock, config } = deps;
  const app = new Hono<ServerEnv>();

  const serialize = (c: ServerContext, collection: Collection) =>
    serializeCollection(store, collection, {
      publicUrl: getPublicUrl(config, c.env.incoming),
      showsLink: !c.get('access').isReadOnly,
    });
  /** The ETag is for `If-Match` alone: the cover changes without the version, and who may not see the link gets another answer. */
  const respondWith = async (c: ServerContext, collection: Collection, status: 200 | 201 = 200) => {
    c.header('etag', formatEntityTag(collection.version));
    c.header('cache-control', 'no-cache');
    return c.json(await serialize(c, collection), status);
  };
  const readOptions = (c: ServerContext): ChangeOptions => ({
    nowMs: clock.now(),
    within: c.get('access').limits,
    ifVersion: readExpectedVersions(c.req.header('if-match')),
  });
  /** @throws ApiError 404 */
  const findCollection = async (c: ServerContext): Promise<Collection> => {
    const collection = await store.collection(c.req.param('id') ?? '', c.get('access').limits);
    if (!collection) throw createCollectionNotFound();
    return collection;
  };

  /** Either `runs`, or a selection and where it is placed. @throws ApiError 400, 409 */
  const readPlacement = async (c: ServerContext): Promise<RequestedPlacement> => {
    const { before, runs, ...rest } = await readJsonBody(c);
    if (runs !== undefined) {
      if (before !== undefined || Object.keys(rest).length > 0)
        throw createBadRequest('"runs" stand alone: each has its own "before"');
      return { placement: { runs: readRuns(runs) }, left: 0 };
    }
    const selection = readSelection(convertToFields(rest), ['cursor']);
    const reading = createSelectionDeps(c, deps, clock.now());
    const { ids, total, next } = await findSelectedIds(selection, reading, 'added');
    const placement = { ids, ...(before === undefined ? {} : { before: readBefore(before) }) };
    return { placement, left: Math.max(0, total - ids.length), next };
  };

  app.get('/api/collections', async (c) => {
    const { limits } = c.get('access');
    const task = getQueryParams(c).get('task') ?? '';
    const found = await (task === ''
      ? store.collections(limits)
      : store.collectionsOf(parseIdParam(task), limits));
    const items = await Promise.all(found.map((collection) => serialize(c, collection)));
    return c.json({ items } satisfies CollectionList);
  });

  app.post('/api/collections', async (c) => {
    const { limits } = c.get('access');
    const collection = { id: randomUUID(), limits, ...readNewCollection(await readJsonBody(c)) };
    return respondWith(c, unwrap(await store.addCollection(collection, clock.now())), 201);
  });

  app.get('/api/collections/:id', async (c) => respondWith(c, await findCollection(c)));

  app.patch('/api/collections/:id', async (c) => {
    const change = readCollectionChange(await readJsonBody(c));
    return respondWith(c, unwrap(await store.changeCollection(c.req.param('id'), change, readOptions(c))));
  });

  app.delete('/api/collections/:id', async (c) => {
    unwrap(await store.removeCollection(c.req.param('id'), readOptions(c)));
    return c.body(null, 204);
  });

  app.put('/api/collections/:id/link', async (c) => {
    const { showsPrompts, isRenewed } = readLinkChange(await readJsonBody(c));
    const { id, link, version } = await findCollection(c);
    const options = readOptions(c);
    const key = link && !isRenewed ? link.key : createRandomKey();
    const change = { link: { key, showsPrompts: showsPrompts ?? link?.showsPrompts ?? true } };
    // What was read is what is changed: a link that somebody else revokes meanwhile must not come back.
    const ifVersion = (options.ifVersion ?? [version]).filter((wanted) => wanted === version);
    return respondWith(c, unwrap(await store.changeCollection(id, change, { ...options, ifVersion })));
  });

  app.delete('/api/collections/:id/link', async (c) => {
    const outcome = await store.changeCollection(c.req.param('id'), { link: null }, readOptions(c));
    return respondWith(c, unwrap(outcome));
  });

  app.get('/api/collections/:id/tasks', async (c) => {
    const collection = await findCollection(c);
    const params = getQueryParams(c);
    const limit = readIntegerParam(params, 'limit', {
      ...{ min: 1, max: MAX_PAGE_SIZE, fallback: DEFAULT_PAGE_SIZE },
    });
    const [fields] = readChoiceParam(params, 'fields', ['tile', 'all']);
    const places = await store.collectionTasks(collection.id, readPlace(params), limit + 1);
    const page = places.slice(0, limit);
    const items = await serializeCollectionTasks(store, collection, page, {
      basePath: config.basePath,
      areTiles: fields === 'tile',
    });
    const last = places.length > limit ? page.at(-1) : undefined;
    c.header('etag', formatEntityTag(collection.version));
    return c.json({ items, next_cursor: last ? String(last.place) : null } satisfies CollectionTasks);
  });

  app.post('/api/collections/:id/tasks', async (c) => {
    const { id } = await findCollection(c);
    const { placement, left, next } = await readPlacement(c);
    const placed = await store.placeInCollection(id, placement, readOptions(c));
    if (placed.kind !== 'done') throw createCollectionError(placed);
    c.header('etag', formatEntityTag(placed.collection.version));
    return c.json({
      added: [...placed.added],
      moved: placed.moved.length,
      not_known: [...placed.unknown],
      before: serializeRuns(placed.runs),
      remaining: left,
      next_cursor: next ? encodeCursor(next) : null,
    } satisfies PlacementView);
  });

  app.post('/api/collections/:id/remove', async (c) => {
    const { id } = await findCollection(c);
    const body = await readJsonBody(c);
    if (getOwn(body, 'ids') === undefined) throw createBadRequest('"ids" must say which tasks are removed');
    const selection = readSelection(convertToFields(body));
    const ids = selection.kind === 'ids' ? selection.ids : [];
    const taken = await store.takeFromCollection(id, ids, readOptions(c));
    if (taken.kind !== 'done') throw createCollectionError(taken);
    c.header('etag', formatEntityTag(taken.collection.version));
    return c.json({ removed: taken.removed, before: serializeRuns(taken.runs) } satisfies TakingView);
  });

  return app;
}

interface RequestedPlacement {
  readonly placement: Placement;
  /** Tasks of the selection that are left for further requests. */
  readonly left: number;
  /** Where a further request goes on. */
  readonly next?: Cursor | undefined;
}

/** @throws ApiError 400, 404, 409, 412 */
function unwrap(outcome: CollectionOutcome): Collection {
  if (outcome.kind !== 'done') throw createCollectionError(outcome);
  return outcome.collection;
}

function createCollectionError(refusal: CollectionRefusal): ApiError {
  switch (refusal.kind) {
    case 'unknown':
      return createCollectionNotFound();
    case 'conflict':
      return new ApiError(412, 'conflict', 'this collection has been changed since: read it again');
    case 'name-taken':
      return new ApiError(409, 'conflict', 'there is a collection with this name');
    case 'refused':
      return createBadRequest(refusal.reason);
  }
}

/** @throws ApiError 400 */
function readBefore(before: unknown) {
  return before === null ? null : readTaskId(before, 'before');
}

/** @returns undefined for the first page @throws ApiError 400 */
function readPlace(params: URLSearchParams): number | undefined {
  const text = params.get('cursor') ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw createBadRequest('"cursor" must be the next_cursor of the page before');
  return Number(text);
}

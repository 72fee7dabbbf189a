/** `/feeds/NAME.atom`, `/feeds/NAME.json` and their pictures. The key in the address is the credential, and decides; the name does not. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { isVideo } from '../../archive/formats.ts';
import { ApiError } from '../../lib/api-error.ts';
import { RANDOM_KEY } from '../../lib/random-key.ts';
import type { SavedSearch } from '../../store/contract/saved-searches.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { FEED_PATH } from '../../views/saved-json.ts';
import { createArchivedFiles, createImageNotFound } from '../archived-files.ts';
import type { Auth } from '../auth/auth.ts';
import { getPublicUrl } from '../connections/public-url.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { ATOM_TYPE, formatAtom } from '../feeds/atom.ts';
import { createFeed, type Feed } from '../feeds/feed.ts';
import { formatJsonFeed, JSON_FEED_TYPE } from '../feeds/json-feed.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';
import { describeAskedBy } from '../search/respond.ts';
import { sendFile } from '../send-file.ts';
import { createRateLimit } from '../shared-link.ts';

type OpenFeed = SavedSearch & { readonly feedKey: string };

const FORMATS: readonly { suffix: string; type: string; format(feed: Feed): string }[] = [
  { suffix: '.atom', type: ATOM_TYPE, format: formatAtom },
  { suffix: '.json', type: JSON_FEED_TYPE, format: formatJsonFeed },
];

/** Whoever has a copy asks whether it is still valid: a key may be revoked at any time. */
const CACHE_CONTROL = 'private, no-cache';

export function createFeedRoutes(deps: ServerDeps, auth: Pick<Auth, 'delayGuess'>): Hono<ServerEnv> {
  const { config, store, archive, listing, clock } = deps;
  const app = new Hono<ServerEnv>();
  const { findIntact, findThumbnail } = createArchivedFiles(deps);

  /** @throws ApiError 404, which does not tell whether there ever was such a key */
  const openFeed = async (c: ServerContext): Promise<OpenFeed> => {
    const key = getQueryParams(c).get('key') ?? '';
    const saved = RANDOM_KEY.test(key) ? await store.savedSearchOfFeed(key) : undefined;
    if (saved) return { ...saved, feedKey: key };
    if (key !== '') await auth.delayGuess(c.env.incoming);
    throw new ApiError(404, 'not_found', 'there is no such feed');
  };
  const findTasks = async (c: ServerContext, saved: SavedSearch): Promise<readonly StoredTask[]> => {
    const question = { route: 'feed', saved, nowMs: clock.now() } as const;
    const { tasks } = await listing.answer(question, () => !c.env.outgoing.destroyed, describeAskedBy(c));
    return tasks;
  };

  // Each picture is looked for in the tasks that the feed has now.
  app.use(`${FEED_PATH}/*`, createRateLimit(clock));

  app.get(`${FEED_PATH}/:file`, etag(), async (c) => {
    const file = c.req.param('file');
    const kind = FORMATS.find(({ suffix }) => file.endsWith(suffix));
    if (!kind) throw new ApiError(404, 'not_found', 'a feed ends with .atom or .json');
    const saved = await openFeed(c);
    const tasks = await findTasks(c, saved);
    const images = await store.imagesOf(tasks.map(({ id }) => id));
    const feed = createFeed(saved, { tasks, images }, getPublicUrl(config, c.env.incoming));
    return c.body(kind.format(feed), 200, { 'content-type': kind.type, 'cache-control': CACHE_CONTROL });
  });

  app.get(`${FEED_PATH}/images/:sha256{[0-9a-f]{64}}`, async (c) => {
    const saved = await openFeed(c);
    const sha256 = c.req.param('sha256');
    const tasks = await findTasks(c, saved);
    const shown = await store.imagesOf(tasks.map(({ id }) => id));
    const image = shown.some((one) => one.sha256 === sha256) ? await store.image(sha256) : undefined;
    if (!image) throw createImageNotFound();
    const width = readIntegerParam(getQueryParams(c), 'w', { min: 0, max: 10_000, fallback: 0 });
    if (width === 0)
      return sendFile(c, findIntact(image), {
        ...{ mediaType: image.mediaType, etag: `"${sha256}"`, cacheControl: CACHE_CONTROL },
      });
    if (isVideo(image)) throw new ApiError(404, 'not_found', 'a video has no thumbnail');
    return sendFile(c, await findThumbnail(image, width), {
      mediaType: 'image/webp',
      etag: `"${sha256}-${archive.thumbnails.chooseWidth(width)}"`,
      cacheControl: CACHE_CONTROL,
    });
  });

  return app;
}

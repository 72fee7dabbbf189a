/** `GET /shared/:key`: a collection for people without a token, and its pictures. Read-only, and nothing else. */
import { Hono } from 'hono';
import { isVideo } from '../../archive/formats.ts';
import { THUMBNAIL_WIDTHS } from '../../archive/thumbnail-files.ts';
import { ApiError } from '../../lib/api-error.ts';
import { RANDOM_KEY } from '../../lib/random-key.ts';
import type { Collection } from '../../store/contract/collections.ts';
import { SharedPage, UnknownLinkPage } from '../../web/pages/SharedPage.tsx';
import { chooseLanguage } from '../../web/view/i18n/dictionary.ts';
import { SHARED_TEXTS } from '../../web/view/i18n/shared.ts';
import { createArchivedFiles, createImageNotFound } from '../archived-files.ts';
import { compressText } from '../compress-text.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';
import { sendFile } from '../send-file.ts';
import { createRateLimit } from '../shared-link.ts';
import { sendSharedPage } from './gallery/send-page.ts';
import { loadSharedCollection } from './shared-data.ts';

const SHA256 = '[0-9a-f]{64}';
/** A link may be revoked at any time, so browsers alone keep pictures, and not for long. */
const CACHE_CONTROL = 'private, max-age=300';

type SharedDeps = Pick<ServerDeps, 'store' | 'archive' | 'clock' | 'log'>;

export function createSharedRoutes({ store, archive, clock, log }: SharedDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const { findIntact, findThumbnail } = createArchivedFiles({ store, archive, clock, log });

  const findCollection = async (c: ServerContext): Promise<Collection | undefined> => {
    const key = c.req.param('key') ?? '';
    return RANDOM_KEY.test(key) ? store.collectionOfLink(key) : undefined;
  };
  /** @throws ApiError 404, the same whether the link or the picture is not there */
  const findPicture = async (c: ServerContext) => {
    const collection = await findCollection(c);
    const image = collection && (await store.collectionImage(collection.id, c.req.param('sha256') ?? ''));
    if (!image) throw createImageNotFound();
    return { image, showsPrompts: collection.link?.showsPrompts === true };
  };

  app.use('/shared/*', createRateLimit(clock));

  app.get('/shared/:key', compressText, async (c) => {
    const language = chooseLanguage(undefined, c.req.header('accept-language'));
    const options = { language, theme: 'system' } as const;
    const collection = await findCollection(c);
    if (!collection)
      return sendSharedPage(
        c,
        {
          ...options,
          title: SHARED_TEXTS[language].unknownTitle,
          body: <UnknownLinkPage language={language} />,
        },
        404,
      );
    const base = `./${collection.link?.key}`;
    const shown = await loadSharedCollection(store, collection, {
      ...{ base, language },
      ...readPage(getQueryParams(c)),
    });
    return sendSharedPage(c, {
      ...options,
      title: collection.name,
      body: <SharedPage {...{ language, base }} collection={shown} />,
    });
  });

  app.get(`/shared/:key/images/:sha256{${SHA256}}`, async (c) => {
    const { image, showsPrompts } = await findPicture(c);
    // Its metadata may hold the prompt. Thumbnails are drawn again, without any.
    if (!showsPrompts) throw createImageNotFound();
    return sendFile(c, findIntact(image), describe(image.mediaType, image.sha256));
  });

  app.get(`/shared/:key/thumbs/:sha256{${SHA256}}`, async (c) => {
    const width = readIntegerParam(getQueryParams(c), 'w', {
      ...{ min: 1, max: 10_000, fallback: THUMBNAIL_WIDTHS[1] },
    });
    const { image } = await findPicture(c);
    if (isVideo(image)) throw new ApiError(404, 'not_found', 'a video has no thumbnail');
    const name = `${image.sha256}-${archive.thumbnails.chooseWidth(width)}`;
    return sendFile(c, await findThumbnail(image, width), describe('image/webp', name));
  });

  return app;
}

/** @throws ApiError 400 */
function readPage(params: URLSearchParams) {
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const after = readIntegerParam(params, 'after', { ...range, fallback: NOWHERE });
  return {
    after: after === NOWHERE ? undefined : after,
    firstNumber: readIntegerParam(params, 'number', { ...range, fallback: 1 }),
  };
}

/** Places begin at 0. */
const NOWHERE = -1;

function describe(mediaType: string, name: string) {
  return { mediaType, etag: `"${name}"`, cacheControl: CACHE_CONTROL };
}

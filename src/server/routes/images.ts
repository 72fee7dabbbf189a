/** `GET /images/:sha256`, images and videos, and `/thumbs/:sha256`: what is in the archive, for ever the same; and what is not. */
import { Hono } from 'hono';
import { isVideo } from '../../archive/formats.ts';
import { THUMBNAIL_WIDTHS } from '../../archive/thumbnail-files.ts';
import { ApiError } from '../../lib/api-error.ts';
import type { KnownImage } from '../../store/contract/images.ts';
import { serializeFailingImage } from '../../views/failing-image-json.ts';
import type { FailingImageList } from '../../views/failing-image-schema.ts';
import { createArchivedFiles, createImageNotFound } from '../archived-files.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';
import { type FileDescription, sendFile } from '../send-file.ts';

const SHA256 = '[0-9a-f]{64}';

export function createImageRoutes({ store, archive, clock, log }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const { findIntact, findThumbnail } = createArchivedFiles({ store, archive, clock, log });

  const readImage = async (c: ServerContext, sha256: string): Promise<KnownImage> => {
    const image = await store.image(sha256, c.get('access').limits);
    if (!image) throw createImageNotFound();
    return image;
  };

  app.get(`/images/:sha256{${SHA256}}`, async (c) => {
    const image = await readImage(c, c.req.param('sha256'));
    return sendFile(c, findIntact(image), describeForEver(c, image.mediaType, `"${image.sha256}"`));
  });

  app.get(`/thumbs/:sha256{${SHA256}}`, async (c) => {
    const width = readIntegerParam(getQueryParams(c), 'w', {
      min: 1,
      max: 10_000,
      fallback: THUMBNAIL_WIDTHS[0],
    });
    const image = await readImage(c, c.req.param('sha256'));
    if (isVideo(image)) throw new ApiError(404, 'not_found', 'a video has no thumbnail');
    const etag = `"${image.sha256}-${archive.thumbnails.chooseWidth(width)}"`;
    return sendFile(c, await findThumbnail(image, width), describeForEver(c, 'image/webp', etag));
  });

  app.get('/api/images/failing', async (c) => {
    const limit = readIntegerParam(getQueryParams(c), 'limit', { min: 1, max: 1000, fallback: 100 });
    const failing = await store.failingImages(limit, c.get('access').limits);
    return c.json({ items: failing.map(serializeFailingImage) } satisfies FailingImageList);
  });

  return app;
}

/** With access tokens, an image must not be stored by shared caches. */
function describeForEver(c: ServerContext, mediaType: string, etag: string): FileDescription {
  const scope = c.get('access').tokenName === undefined ? 'public' : 'private';
  return { mediaType, etag, cacheControl: `${scope}, max-age=31536000, immutable` };
}

/** `GET /images/:sha256`, images and videos, and `/thumbs/:sha256`: what is in the archive, for ever the same. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import rangeParser from 'range-parser';
import { THUMBNAIL_WIDTHS } from '../../archive/files.ts';
import { isVideo } from '../../archive/formats.ts';
import { ApiError } from '../../lib/api-error.ts';
import type { ArchivedImage } from '../../store/contract/images.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';

const SHA256 = '[0-9a-f]{64}';

export function createImageRoutes({ store, archive, clock, log }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  /** Files verified by this process. A damaged one is never served, and fetched again if its link still works. */
  const intact = new Set<string>();

  const find = async (c: ServerContext, sha256: string): Promise<ArchivedImage> => {
    const image = await store.image(sha256, c.get('access').limits);
    if (!image) throw createImageNotFound();
    if (intact.has(sha256)) return image;
    if (!(await archive.files.isIntact(image))) {
      log.error(
        { sha256 },
        'an archived image is damaged or missing; it will be fetched again if its link still works',
      );
      await store.requeueImage(sha256, clock.now());
      throw createImageNotFound();
    }
    intact.add(sha256);
    return image;
  };

  app.get(`/images/:sha256{${SHA256}}`, async (c) => {
    const image = await find(c, c.req.param('sha256'));
    return send(c, archive.files.getPath(image), image.mediaType, `"${image.sha256}"`);
  });

  app.get(`/thumbs/:sha256{${SHA256}}`, async (c) => {
    const image = await find(c, c.req.param('sha256'));
    if (isVideo(image)) throw new ApiError(404, 'not_found', 'a video has no thumbnail');
    const width = readIntegerParam(getQueryParams(c), 'w', {
      min: 1,
      max: 10_000,
      fallback: THUMBNAIL_WIDTHS[0],
    });
    const path = await archive.thumbnails.of(image, width);
    return send(c, path, 'image/webp', `"${image.sha256}-${archive.thumbnails.chooseWidth(width)}"`);
  });

  return app;
}

async function send(c: ServerContext, path: string, mediaType: string, etag: string): Promise<Response> {
  // With access tokens, an image must not be stored by shared caches.
  const scope = c.get('access').tokenName === undefined ? 'public' : 'private';
  const headers: Record<string, string> = {
    etag,
    'cache-control': `${scope}, max-age=31536000, immutable`,
    'accept-ranges': 'bytes',
    'content-type': mediaType,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  };
  if (matchesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);

  const { size } = await stat(path);
  const range = parseRange(c, size, etag);
  if (range === 'unsatisfiable') return c.body(null, 416, { ...headers, 'content-range': `bytes */${size}` });
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers['content-length'] = String(end - start + 1);
  if (range) headers['content-range'] = `bytes ${start}-${end}/${size}`;
  const isHead = c.env.incoming.method === 'HEAD';
  const status = range ? 206 : 200;
  if (isHead) return c.body(null, status, headers);
  return c.body(Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream, status, headers);
}

/** `If-None-Match` (RFC 9110, section 13.1.2): a list of tags, compared weakly, or `*`. */
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

/** A single range is honoured; for several, or a stale `If-Range`, the whole file is sent. */
function parseRange(
  c: ServerContext,
  size: number,
  etag: string,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const header = c.req.header('range');
  const condition = c.req.header('if-range');
  if (header === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const ranges = rangeParser(size, header, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

function createImageNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'this image is not in the archive');
}

/** `GET /assets/:name`: what the pages load. A name has a hash of the content, so it is the same for ever. */
import { Hono } from 'hono';
import { ApiError } from '../../../lib/api-error.ts';
import { type AssetFile, loadAssets } from '../../../web/assets.ts';
import { acceptsEncoding } from '../../accept-encoding.ts';
import type { ServerEnv } from '../../deps.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export function createAssetRoutes(): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/assets/:name', async (c) => {
    const { files } = await loadAssets();
    const file = files.get(c.req.param('name'));
    if (!file) throw new ApiError(404, 'not_found', 'there is no such file');
    const etag = `"${file.name}"`;
    const headers = {
      etag,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      'content-type': MEDIA_TYPES[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      // The icon is an image with styles of its own.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
    const { content, encoding } = chooseEncoding(file, c.req.header('accept-encoding'));
    return c.body(new Uint8Array(content), 200, {
      ...headers,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    });
  });
}

/** The smallest form that the browser takes. */
function chooseEncoding({ content, br, gz }: AssetFile, accepted: string | undefined) {
  if (br && acceptsEncoding(accepted, 'br')) return { content: br, encoding: 'br' };
  if (gz && acceptsEncoding(accepted, 'gzip')) return { content: gz, encoding: 'gzip' };
  return { content, encoding: undefined };
}

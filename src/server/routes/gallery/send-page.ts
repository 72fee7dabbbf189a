/** Sends a page, under a content security policy that runs nothing but our own files. */

import { loadAssets } from '../../../web/assets.ts';
import { type DocumentOptions, renderDocument } from '../../../web/pages/document.tsx';
import type { ServerContext } from '../../deps.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** What decides how a page looks, and what is on it. */
export const VARY = 'accept, accept-encoding, accept-language, cookie, authorization';

/** What a token sees is stored by no shared cache. */
const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cache-control': 'private, no-cache',
  vary: VARY,
};

/** Renders and sends a page. Its files are addressed relative to it: all pages lie at one depth. */
export async function sendPage(
  c: ServerContext,
  options: Omit<DocumentOptions, 'assets'>,
  status: 200 | 400 | 404 | 503 = 200,
): Promise<Response> {
  const { entries } = await loadAssets();
  const { name, imports } = entries.scripts[options.page];
  const assets = {
    script: `./assets/${name}`,
    imports: [entries.dictionaries[options.language], ...imports].map((each) => `./assets/${each}`),
    styles: `./assets/${entries.styles}`,
    icon: `./assets/${entries.icon}`,
  };
  return c.html(renderDocument({ ...options, assets }), status, HEADERS);
}

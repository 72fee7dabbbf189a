/** A browser that asks for a page without a valid token is sent to the page that asks for one. Others get the error as JSON. */
import { accepts } from 'hono/accepts';
import { ApiError } from '../../../lib/api-error.ts';
import type { ServerContext } from '../../deps.ts';
import { formatNext } from './next-page.ts';
import { VARY } from './send-page.ts';

const PAGES = new Set(['', '/', '/status', '/docs', '/collections', '/prompts', '/history', '/saved']);

/**
 * @param prefix of all paths, without a slash at its end
 * @returns undefined if the error is to be answered as it is
 */
export function redirectToSignIn(error: unknown, c: ServerContext, prefix: string): Response | undefined {
  if (!(error instanceof ApiError) || error.status !== 401) return undefined;
  const path = c.req.path.slice(prefix.length);
  if (!['GET', 'HEAD'].includes(c.req.method) || !PAGES.has(path) || !wantsPage(c)) return undefined;
  const query = new URLSearchParams();
  const next = formatNext(path, new URL(c.req.url).search);
  if (next !== './') query.set('next', next);
  // Whoever presents a token that is none, or none any more, had one before.
  if (error.code === 'invalid_token') query.set('error', 'expired');
  // Relative, as all links are: a proxy may have removed the beginning of the path.
  return c.body(null, 303, {
    location: `./sign-in${query.size === 0 ? '' : `?${query}`}`,
    'cache-control': 'private, no-store',
    vary: VARY,
  });
}

/** Browsers name HTML before anything else; what accepts everything alike is no browser. */
function wantsPage(c: ServerContext): boolean {
  if (!/\btext\/html\b/i.test(c.req.header('accept') ?? '')) return false;
  const supports = ['text/html', 'application/json'];
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/html';
}

/** `POST /sign-in` and `/sign-out`: a token becomes a cookie, for browsers. */
import { Hono } from 'hono';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { getPathPrefix } from '../../lib/base-path.ts';
import { tryParseUrl } from '../../lib/parse-url.ts';
import type { Auth } from '../auth/auth.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { isFormRequest, readFormBody } from '../form-body.ts';
import type { SessionAnswer } from '../session-schema.ts';

/** Browsers ignore cookies of more than 4,096 bytes. */
const MAX_TOKEN_LENGTH = 2000;

export function createSignInRoutes(
  { config }: Pick<ServerDeps, 'config'>,
  auth: Pick<Auth, 'signIn' | 'signOut'>,
): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const prefix = getPathPrefix(config.basePath);

  app.post('/sign-in', async (c) => {
    const { fields, isForm } = await readFormBody(c);
    const token = fields.get('token')?.trim() ?? '';
    if (token.length > MAX_TOKEN_LENGTH)
      throw createBadRequest(`"token" has more than ${MAX_TOKEN_LENGTH} characters`);
    const next = readNext(fields.get('next'), prefix);
    try {
      setCookie(c, await auth.signIn(c.env.incoming, token));
    } catch (error) {
      if (!isForm || !(error instanceof ApiError) || error.status !== 401) throw error;
      const query = new URLSearchParams({ error: error.code, ...(next === HOME ? {} : { next }) });
      return c.redirect(`./sign-in?${query}`, 303);
    }
    return isForm ? c.redirect(next, 303) : c.json({ ok: true } satisfies SessionAnswer);
  });

  app.post('/sign-out', async (c) => {
    setCookie(c, await auth.signOut(c.env.incoming));
    return isFormRequest(c) ? c.redirect(HOME, 303) : c.json({ ok: true } satisfies SessionAnswer);
  });

  return app;
}

function setCookie(c: ServerContext, cookie: string | undefined): void {
  if (cookie !== undefined) c.header('set-cookie', cookie);
}

/** Relative, as all links are: a proxy may have removed the beginning of the path. */
const HOME = './';

/**
 * Where to go after signing in: below the mirror's own address, whatever is asked for.
 * @param prefix of all paths @returns relative to it
 */
function readNext(given: string | null, prefix: string): string {
  const base = `http://mirror.invalid${prefix}/`;
  const href = given === null ? undefined : tryParseUrl(given, base)?.href;
  return href?.startsWith(base) ? `./${href.slice(base.length)}` : HOME;
}

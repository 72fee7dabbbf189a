/** `GET /`: a small page for people who open the address in a browser, with links to what there is. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { getPathPrefix } from '../../lib/base-path.ts';
import { VERSION } from '../../lib/version.ts';
import { FLUX } from '../../service/flux.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';

const LINKS = [
  ['/api/search?q=cat', 'search prompts (try other words)'],
  ['/api/facets', 'tasks by model, size, action, state and month'],
  ['/api/stats', 'what is stored, what is due, problems'],
  ['/api/tracked', 'tracked ids'],
  ['/api/sync/runs', 'past sync runs'],
  ['/readyz', 'whether the mirror is ready, and its current problems'],
  ['/metrics', 'metrics for Prometheus'],
  ['/openapi.json', 'the description of all routes'],
] as const;

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
dt { margin-top: .75rem; }
dd { margin: 0; opacity: .75; }
code, a { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
`;

/** Needs no token: it contains nothing of the mirror's data. */
export function createHomeRoutes({ config }: Pick<ServerDeps, 'config'>): Hono<ServerEnv> {
  const page = createPage(getPathPrefix(config.basePath));
  const styleHash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return new Hono<ServerEnv>().get('/', (c) => c.html(page, 200, { 'content-security-policy': policy }));
}

/** @param prefix of every path, without a trailing slash */
function createPage(prefix: string) {
  const dropIn = [FLUX.taskPath, ...Object.values(FLUX.generationPaths)].map(
    (path) => `POST ${prefix}${path}`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>flux-mirror</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<h1>flux-mirror</h1>
<p>A local mirror of the Flux Tasks API, version ${VERSION}. Clients use this address as their base URL:</p>
<p>${dropIn.map((route) => html`<code>${route}</code><br>`)}</p>
<p>For people, as JSON (a mirror with tokens asks for one):</p>
<dl>${LINKS.map(([path, text]) => html`<dt><a href="${prefix}${path}">${prefix}${path}</a></dt><dd>${text}</dd>`)}</dl>
</body>
</html>
`;
}

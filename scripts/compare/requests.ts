/** The requests that are sent to a running server, in order of their dependencies. */
import { type Sample, UNKNOWN_ID } from './sample.ts';

export interface ProbeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const MEBIBYTE = 2 ** 20;

function post(path: string, body: unknown, headers: Record<string, string> = {}): ProbeRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body: text };
}

function get(path: string, headers: Record<string, string> = {}): ProbeRequest {
  return { method: 'GET', path, headers };
}

function retrieve(id: string, headers: Record<string, string> = {}): ProbeRequest {
  return post('/flux/tasks', { action: 'retrieve', id }, headers);
}

/** The upstream's own routes: hits, misses, batches, lists, deletions. */
export function listDropInRequests({ imported, unseen, pending, failed, vendorIds }: Sample): ProbeRequest[] {
  const [known = '', second = '', third = ''] = imported;
  const [pendingId = '', otherPending = ''] = pending;
  const [miss = '', other = '', fresh = '', last = ''] = unseen;
  const list = (more: object) => post('/flux/tasks', { action: 'retrieve_batch', ...more });
  return [
    retrieve(known),
    retrieve(second),
    retrieve(failed),
    retrieve(vendorIds[1] ?? ''),
    retrieve(miss),
    retrieve(miss),
    retrieve(UNKNOWN_ID),
    retrieve(UNKNOWN_ID),
    retrieve(pendingId),
    retrieve(otherPending, { 'cache-control': 'no-cache' }),
    retrieve(known, { 'cache-control': 'no-cache' }),
    retrieve(known, { 'cache-control': 'max-age=0' }),
    retrieve(other, { 'cache-control': 'only-if-cached' }),
    retrieve(known, { 'x-flux-mirror-images': 'local' }),
    retrieve(fresh, { authorization: 'Bearer token-of-a-caller' }),
    post('/flux/tasks?x=1', { action: 'retrieve', id: known }),
    post('/flux/tasks', `{"id":"${known}","action":"retrieve","action":"retrieve"}`, {
      'content-type': 'text/plain',
    }),
    list({ ids: [known, third, known, UNKNOWN_ID, other, pendingId] }),
    list({ ids: [known, third] }),
    list({ ids: [] }),
    list({}),
    list({ limit: 3, offset: 2 }),
    list({ limit: 5, user_id: 'user-of-another-team' }),
    list({ limit: 5, type: 'images', created_at_min: 1_700_000_000, created_at_max: 1_900_000_000.5 }),
    post('/flux/tasks', { action: 'delete', id: UNKNOWN_ID }),
    post('/flux/tasks', { action: 'delete', id: second }),
    retrieve(second),
    post('/flux/tasks', { action: 'delete', id: last }),
    ...listBadTaskRequests(known),
    get('/flux/images'),
    post('/callbacks/not-a-key', {}),
  ];
}

/** Generations. They become tracked, so what is due afterwards depends on the time. */
export function listGenerationRequests(): ProbeRequest[] {
  return [
    post('/flux/images', { action: 'generate', prompt: 'a cat in a mirror', async: true }),
    post('/flux/images', { action: 'generate', prompt: 'a cat at noon', model: 'flux-pro', count: 2 }),
    post('/flux/images', { prompt: 'line by line' }, { accept: 'application/x-ndjson', 'x-caller': 'one' }),
    post('/flux/images', { prompt: '' }),
    post('/flux/images', 'not json'),
    post('/flux/images', { prompt: 'with a callback', callback_url: 'http://127.0.0.1:9/nobody' }),
  ];
}

function listBadTaskRequests(known: string): ProbeRequest[] {
  const bodies: unknown[] = [
    '',
    'not json',
    '[]',
    '"text"',
    'null',
    '{"action":"retrieve","id":',
    {},
    { action: 'explode' },
    { action: 7 },
    { action: 'retrieve' },
    { action: 'retrieve', id: 7 },
    { action: 'retrieve', id: '' },
    { action: 'retrieve', id: 'x'.repeat(129) },
    { action: 'retrieve_batch', ids: 'x' },
    { action: 'retrieve_batch', ids: [known, 7] },
    { action: 'retrieve_batch', ids: Array.from({ length: 1001 }, (_, at) => `id-${at}`) },
    { action: 'retrieve_batch', limit: 0 },
    { action: 'retrieve_batch', limit: 1.5 },
    { action: 'retrieve_batch', offset: -1 },
    { action: 'retrieve_batch', user_id: 7 },
    { action: 'retrieve_batch', created_at_min: 'yesterday' },
    { action: 'delete' },
    `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
    `{"action":"retrieve","id":"${'x'.repeat(2 * MEBIBYTE)}"}`,
  ];
  return [
    ...bodies.map((body) => post('/flux/tasks', body)),
    ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
      method,
      path: '/flux/tasks',
    })),
    get('/'),
    post('/flux/unknown', {}),
    retrieve(known, { host: 'evil.example' }),
    retrieve(known, { origin: 'https://evil.example' }),
  ];
}

/** The mirror's own routes. */
export function listApiRequests({ imported, unseen, pending }: Sample): ProbeRequest[] {
  const [known = '', , third = ''] = imported;
  const searches = [
    'q=cat&limit=5',
    'q=cat&limit=5&sort=relevance',
    'q=cat&group=prompt&limit=5',
    'q=%E7%8C%AB',
    'q=%22oil%20painting%22',
    'q=-cat&sort=oldest&limit=3',
    'q=model:flux-pro*&limit=2',
    'model=flux-dev&state=succeeded&limit=2',
    'state=failed',
    'user_id=user-of-another-team&limit=2',
    'q=size:512x512&limit=2',
    'q=(a%20OR',
    'q=after:nonsense',
    'limit=0',
    'limit=101',
    'sort=upwards',
    'cursor=nonsense',
    'tz=Mars/Olympus',
    'from=2025&to=2030&limit=1',
    'state=lost',
    'unknown=1&limit=1',
  ];
  return [
    ...searches.map((query) => get(`/api/search?${query}`)),
    get('/api/facets'),
    get('/api/facets?q=cat&tz=Asia/Tokyo'),
    get('/api/suggest?q=ca'),
    get('/api/suggest?q=oil%20pa&limit=3'),
    get('/api/suggest'),
    get(`/api/tasks/${known}`),
    get(`/api/tasks/${UNKNOWN_ID}`),
    get(`/api/tasks/${'x'.repeat(129)}`),
    post(`/api/tasks/${pending[0]}/refresh`, ''),
    post(`/api/tasks/${known}/refresh`, ''),
    get('/api/tracked?limit=5'),
    get('/api/tracked?limit=0'),
    post('/api/tracked', { ids: [UNKNOWN_ID, unseen[5], known] }),
    post('/api/tracked', { ids: 7 }),
    post('/api/tracked', 'not json'),
    { method: 'DELETE', path: `/api/tracked/${UNKNOWN_ID}` },
    { method: 'DELETE', path: `/api/tracked/${third}` },
    get('/healthz'),
    get('/readyz'),
    get(`/images/${'0'.repeat(64)}`),
    get('/images/short'),
    get(`/thumbs/${'0'.repeat(64)}?w=320`),
    get('/api/unknown'),
    { method: 'HEAD', path: '/healthz' },
    { method: 'OPTIONS', path: '/api/search', headers: { origin: 'https://gallery.example' } },
  ];
}

/** Unfinished tasks whose cached copies are still fresh. */
export function listPendingRequests({ imported, pending }: Sample): ProbeRequest[] {
  const [pendingId = '', otherPending = ''] = pending;
  return [
    retrieve(pendingId),
    retrieve(pendingId, { 'cache-control': 'max-age=0' }),
    post('/flux/tasks', { action: 'retrieve_batch', ids: [imported[0], pendingId, otherPending] }),
    get(`/api/tasks/${pendingId}`),
  ];
}

/** For a mirror that was just started: what is due is what was imported as pending. */
export function listSyncRequests(): ProbeRequest[] {
  return [post('/api/sync', ''), get('/api/sync/runs'), get('/api/sync/runs?limit=x'), get('/api/stats')];
}

/** For a mirror whose upstream is not contacted, or fails. */
export function listDegradedRequests({ imported, unseen, pending }: Sample): ProbeRequest[] {
  const [known = '', second = ''] = imported;
  const [miss = ''] = unseen;
  return [
    retrieve(known),
    retrieve(miss),
    retrieve(pending[0] ?? ''),
    post('/flux/tasks', { action: 'retrieve_batch', ids: [known, miss, second] }),
    post('/flux/tasks', { action: 'retrieve_batch', limit: 2 }),
    post('/flux/tasks', { action: 'delete', id: known }),
    post('/flux/images', { prompt: 'a cat', async: true }),
    post('/api/sync', ''),
    get('/api/stats'),
    get('/readyz'),
  ];
}

/** Access control. @param token one with full access */
export function listAccessRequests({ imported, unseen }: Sample, token: string): ProbeRequest[] {
  const allowed = { authorization: `Bearer ${token}` };
  const [known = ''] = imported;
  return [
    retrieve(known),
    retrieve(known, { authorization: 'Bearer wrong' }),
    retrieve(known, { authorization: 'Basic eDp5' }),
    retrieve(known, allowed),
    retrieve(unseen[0] ?? '', allowed),
    get('/api/search?q=cat&limit=1'),
    get('/api/search?q=cat&limit=1', allowed),
    get('/healthz'),
    get('/metrics'),
    get('/openapi.json'),
    {
      method: 'OPTIONS',
      path: '/flux/tasks',
      headers: { origin: 'https://gallery.example', 'access-control-request-method': 'POST' },
    },
    retrieve(known, { ...allowed, origin: 'https://gallery.example' }),
  ];
}

/** Requests as an attacker or a broken client would send them, to every route of the description. */
import fc from 'fast-check';
import { openApiDocument } from '../../src/server/openapi/document.ts';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const NASTY = [
  "'; DROP TABLE tasks; --",
  '" OR 1=1 --',
  'NEAR(a b, 3) AND {x}: ^y*',
  'a" AND "b',
  '../../../../etc/passwd',
  '..%2f..%2fmirror.db',
  '%00',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e\ufeff\u{1f600}',
  '<script>alert(1)</script>',
  '#{7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '0x10',
  '1e309',
  'NaN',
  '９９',
  '9007199254740993',
  'null',
  'undefined',
  '[]',
  '{}',
  '(((((((((((((((((((((((((((',
  '-'.repeat(500),
  'OR OR OR AND -',
  'before:9999999-99-99 after:0 on:',
  'seed:99999999999999999999 id:* model:*',
  'a'.repeat(5000),
  '猫'.repeat(900),
  '\u0301'.repeat(300),
  'x* '.repeat(300),
];

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY)).map((two) => two.join(' ')),
  },
);

/** The paths of the description, with whatever in the place of their parameters. Events have no end that could be waited for. */
const routes = Object.entries(openApiDocument('/').paths)
  .filter(([path]) => path !== '/api/events')
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => String(name)),
    })),
  );

/** How many routes there are, so that a run can be long enough to meet each. */
export const ROUTE_COUNT = routes.length;

/** As a URL can carry it: well-formed, percent-encoded or at least without what no client would send. */
const inUrl = nasty.chain((text) =>
  fc.constantFrom(
    encodeURIComponent(text.toWellFormed()),
    text.replace(/[^\x21-\x7e]|[#?]/g, '').slice(0, 2000),
  ),
);

const deep = fc
  .constantFrom(10, 64, 65, 5000, 100_000)
  .map((levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`);

const value: fc.Arbitrary<unknown> = fc.oneof(
  nasty,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53, '', [], {}),
  fc.array(nasty, { maxLength: 5 }),
);

const members = [
  'action',
  'id',
  'ids',
  'limit',
  'offset',
  'user_id',
  'application_id',
  'type',
  'created_at_min',
  'created_at_max',
  'prompt',
  'model',
  'callback_url',
  'async',
  '__proto__',
];

/** @param ids of stored tasks */
function bodies(ids: readonly string[]): fc.Arbitrary<string> {
  const actions = fc.constantFrom('retrieve', 'retrieve_batch', 'delete', 'generate', '');
  const anyId = fc.oneof(fc.constantFrom(...ids), nasty);
  const shaped = fc
    .tuple(
      actions,
      fc.dictionary(fc.constantFrom(...members), value, { maxKeys: 6 }),
      anyId,
      fc.array(anyId, { maxLength: 20 }),
    )
    .map(([action, more, id, many]) => JSON.stringify({ action, id, ids: many, async: true, ...more }));
  return fc.oneof(
    { weight: 4, arbitrary: shaped },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: deep },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '{"action":"retrieve","action":"delete","id":1}', '\ufeff{}'),
    },
  );
}

const headerText = nasty.map((text) => text.replace(/[^\x20-\x7e]/g, '').slice(0, 3000));

/** Names that the server looks at. A wrong token is left out: it is slowed, which has tests of its own. */
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'cache-control',
    'origin',
    'sec-fetch-site',
    'sec-fetch-mode',
    'range',
    'if-range',
    'if-none-match',
    'x-flux-mirror-images',
    'x-forwarded-for',
    'x-forwarded-host',
    'accept',
    'accept-language',
    'cookie',
    'expect-ct',
  ),
  fc.oneof(
    headerText,
    fc.constantFrom('no-cache', 'max-age=0', 'bytes=0-', 'local', 'application/x-ndjson', 'text/plain'),
  ),
  { maxKeys: 4 },
);

/** @param ids of stored tasks @param authorization of a caller who may @param host that is allowed */
export function hostileRequest(
  ids: readonly string[],
  { authorization, host }: { authorization: string; host: string },
): fc.Arbitrary<HostileRequest> {
  const route = fc.constantFrom(...routes);
  const method = fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'TRACE'),
    },
  );
  const parameter = fc.oneof(fc.constantFrom(...ids), inUrl);
  const given = { authorization, host };
  const caller = fc.oneof(
    { weight: 20, arbitrary: fc.constant<Record<string, string>>(given) },
    { weight: 1, arbitrary: fc.constant<Record<string, string>>({ host }) },
    {
      weight: 1,
      arbitrary: headerText.map(
        (evil): Record<string, string> => ({ authorization, host: evil.trim() || 'x' }),
      ),
    },
  );
  return fc
    .tuple(route, method, fc.array(parameter, { minLength: 1, maxLength: 8 }), headers, caller, bodies(ids))
    .map(([chosen, other, parameters, more, who, body]) => {
      const [inPath = 'x', ...values] = parameters;
      const search = chosen.query
        .slice(0, values.length)
        .map((name, at) => `${name}=${values[at]}`)
        .join('&');
      const sent = other ?? chosen.method;
      return {
        method: sent,
        path: `${chosen.path.replace(/\{\w+\}/g, () => inPath)}${search === '' ? '' : `?${search}`}`,
        headers: { ...more, ...who },
        body: sent === 'GET' || sent === 'HEAD' || sent === 'TRACE' ? undefined : body,
      };
    });
}

/** What is hardly HTTP, byte by byte. */
export function hostileBytes(host: string): fc.Arbitrary<string> {
  const head = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    nasty.map((text) => head([`GET /api/search?q=${text} HTTP/1.1`, `host: ${host}`])),
    nasty.map((text) =>
      head([
        'POST /flux/tasks HTTP/1.1',
        `host: ${host}`,
        `x-a: ${text}\r\nx-b: 1`,
        'content-length: 2',
      ]).concat('{}'),
    ),
    fc.constantFrom(
      head(['GET /healthz HTTP/1.1', `host: ${host}`, `host: ${host}`]),
      head(['GET /healthz HTTP/1.1']),
      head(['GET /healthz HTTP/1.0']),
      head(['GET http://evil.example/healthz HTTP/1.1', `host: ${host}`]),
      head([
        'POST /flux/tasks HTTP/1.1',
        `host: ${host}`,
        'content-length: 5',
        'transfer-encoding: chunked',
      ]).concat('0\r\n\r\n'),
      head(['POST /flux/tasks HTTP/1.1', `host: ${host}`, 'transfer-encoding: chunked']).concat(
        'ffffffffffffffff\r\nx',
      ),
      head(['POST /flux/tasks HTTP/1.1', `host: ${host}`, 'content-length: -1']),
      head(['POST /flux/tasks HTTP/1.1', `host: ${host}`, 'content-length: 99999999999']),
      head([
        'POST /flux/tasks HTTP/1.1',
        `host: ${host}`,
        'expect: 100-continue',
        'content-length: 2',
      ]).concat('{}'),
      head(['CONNECT evil.example:443 HTTP/1.1', `host: ${host}`]),
      head(['GET /healthz HTTP/1.1', `host: ${host}`, 'upgrade: websocket', 'connection: upgrade']),
      head(['GET / HTTP/1.1', `host: ${host}`, `x-long: ${'y'.repeat(70_000)}`]),
      head([`GET /${'z'.repeat(70_000)} HTTP/1.1`, `host: ${host}`]),
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ),
  );
}

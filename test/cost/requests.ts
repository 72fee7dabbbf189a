/** Requests that are meant to cost a lot, of every kind that costs something; the same for the same seed. */
import { createSeededRandom } from '../../src/simulator/random.ts';

export interface CostlyRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const COMMON = ['the', 'a', 'with', 'and', 'of', 'in', 'light', 'portrait', 'hoping', 'hopeful', 'running'];
const OTHERS = ['猫', '的', '風', '🐈', 'кот', 'é', '7', '9999', 'zebra', 'w1a', 'cat/dog/a', 'x'.repeat(70)];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789éжا');
const OPERATORS = [
  ...['model:flux*', 'model:none', 'size:1*', 'state:failed', 'seed:1', 'seed:99999999999999999999'],
  ...['action:generate', 'before:2026', 'after:9999d', 'on:2026-03', 'on:last-week'],
  ...['id:a*', '00000000', 'https://img.example/a.png', '0'.repeat(64)],
];
const JOINTS = [' ', ' ', ' OR ', ' -', ' (', ') ', ' -(', '" "', '"'];

/** @param ids of stored tasks */
export function createCostlyRequests(seed: number, ids: readonly string[]): () => CostlyRequest {
  const random = createSeededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + below(most) }, make);
  const maybe = (text: string) => (below(3) === 0 ? text : '');

  const prefix = () => `${many(below(3) + 1, () => pick(LETTERS)).join('')}*`;
  const word = () => pick([() => pick(COMMON), () => pick(OTHERS), prefix, prefix, () => pick(OPERATORS)])();

  /** The ways in which one query may cost much: many parts, the same part often, long parts, deep ones. */
  const query = (): string =>
    pick([
      () => many(330, prefix).join(pick([' ', ' OR ', ' -'])),
      () => many(300, () => pick(COMMON)).join(pick([' ', ' OR ', ' -'])),
      () => `${word()} `.repeat(1 + below(500)),
      () => `${pick(['', '-'])}"${`${pick(COMMON)} `.repeat(1 + below(300))}${pick(OTHERS)}"`,
      () =>
        pick(['猫', '的', '\u0301', '\ufdfa', '1/', 'a-', '(', '-', '"', ':', 'OR ']).repeat(1 + below(1000)),
      () => many(60, () => `(${word()} OR -${word()})`).join(' '),
      () => many(40, () => pick(OPERATORS)).join(pick([' ', ' OR ', ' -'])),
      () => many(60, () => `${word()}${pick(JOINTS)}`).join(''),
      () => `${'-('.repeat(1 + below(40))}${word()} ${word()}`,
      () => many(4, word).join(' '),
    ])();

  const list = (values: readonly string[]) => many(100, () => pick(values)).join(',');
  const parameters = () =>
    [
      maybe(`sort=${pick(['newest', 'oldest', 'relevance', 'relevance'])}`),
      maybe('group=prompt'),
      maybe('match=close'),
      maybe(`limit=${pick(['1', '20', '100'])}`),
      maybe(`tz=${encodeURIComponent(pick(['Europe/Berlin', 'Asia/Kathmandu', '+08:00']))}`),
      maybe(`model=${list(['none', 'flux-dev', 'flux*', 'a', 'b'])}`),
      maybe(`seed=${list(['1', '7', '99'])}`),
      maybe(`id=${list(ids)}`),
      maybe(`user_id=${list(['user-1', 'nobody'])}`),
      maybe(`from=${pick(['1970', '2026-03', '9999d'])}`),
      maybe(`by=${pick(['day', 'month', 'year'])}`),
    ]
      .filter((text) => text !== '')
      .join('&');
  const search = (): CostlyRequest => ({
    method: 'GET',
    path: `/api/${pick(['search', 'search', 'search', 'facets'])}?q=${encodeURIComponent(query())}&${parameters()}`,
  });

  const tasks = (body: object | string): CostlyRequest => ({
    method: 'POST',
    path: '/flux/tasks',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const offset = () => pick([0, 1000, 1e6, Number.MAX_SAFE_INTEGER]);
  const history = () =>
    tasks({
      action: 'retrieve_batch',
      limit: pick([1, 20, 1000]),
      offset: offset(),
      ...pick([{}, { type: 'videos' }, { user_id: 'user-1' }, { created_at_min: 0, created_at_max: 9e9 }]),
    });
  const batch = () =>
    tasks({ action: 'retrieve_batch', ids: many(1000, () => pick([pick(ids), `new-${below(1e9)}`])) });
  const large = () =>
    tasks(
      pick([
        () => `{"action":"retrieve","id":"${ids[0]}","x":"${'x'.repeat(900_000)}"}`,
        () => `{"action":"retrieve","id":"${ids[0]}"${',"x":1'.repeat(150_000)}}`,
        () => `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
        () => `{"a":[${'{},'.repeat(300_000)}1]}`,
        () => `{"action":"retrieve_batch","ids":[${'"a",'.repeat(200_000)}"b"]}`,
        () => ' '.repeat(1_000_000),
        () => `{"action":"retrieve","id":"${'\\u0041'.repeat(150_000)}"}`,
      ])(),
    );
  const text = () =>
    pick([query(), 'a', 't', ':'.repeat(8000), `${'a:'.repeat(4000)} `, '\u0301'.repeat(3000)]);
  const others = (): CostlyRequest =>
    pick<() => CostlyRequest>([
      () => ({ method: 'GET', path: `/api/suggest?limit=50&q=${encodeURIComponent(text().toWellFormed())}` }),
      () => ({ method: 'GET', path: `/api/tracked?limit=1000&offset=${offset()}` }),
      () => ({ method: 'GET', path: `/api/tasks/${pick(ids)}` }),
      () => ({ method: 'GET', path: `/api/tasks/${pick(ids)}/similar?${parameters()}` }),
      () => ({
        method: 'GET',
        path: pick(['/api/stats', '/api/sync/runs', '/openapi.json', '/readyz', '/metrics']),
      }),
      () => ({ method: 'GET', path: `/api/search?q=${'&model=a'.repeat(5000)}` }),
      () => ({
        method: 'POST',
        path: '/api/tracked',
        body: JSON.stringify({ ids: many(1000, () => `track-${below(1e9)}`) }),
      }),
    ])();

  return () => pick([search, search, search, history, batch, large, others])();
}

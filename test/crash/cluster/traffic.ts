/** Sends the requests of clients to any of several servers, as a load balancer would, and notes what no client may ever be told. */

export interface Traffic {
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
  /** How often the drop-in endpoint answered with each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests for what had been acknowledged that were answered with 404. */
  readonly falseMissing: readonly string[];
  /** Other answers that no client may get, and requests that got none in time. */
  readonly unexpected: readonly string[];
}

/** What is the same when it is done twice: it is asked again at another server. */
const REPEATABLE = /^\/(flux\/tasks|api\/tracked|api\/sync|api\/marks|api\/tasks\/[^/]+\/marks)$/;
/** Longer than any wait of the mirror. */
const TIMEOUT_MS = 60_000;

/** @param signal ends all requests */
export function createTraffic(
  urls: readonly string[],
  { random, signal }: { readonly random: () => number; readonly signal: AbortSignal },
): Traffic {
  const statuses = new Map<number, number>();
  const falseMissing: string[] = [];
  const unexpected: string[] = [];

  const note = (
    path: string,
    { method = 'GET', headers }: RequestInit,
    { status, headers: got }: Response,
  ) => {
    const what = `${method} ${path}: ${status}`;
    // No client asks for what it was not told to be there.
    if (status === 404) falseMissing.push(what);
    if (status === 503 && got.get('retry-after') === null) unexpected.push(`${what} without Retry-After`);
    if (new Headers(headers).get('cache-control') === 'only-if-cached') return;
    const isDropIn = path.startsWith('/flux/');
    if (isDropIn) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (isDropIn ? ![200, 404, 503].includes(status) : status > 503 || (status >= 500 && status < 503))
      unexpected.push(what);
  };

  const send = async (url: string, path: string, init: RequestInit) => {
    try {
      return await fetch(`${url}${path}`, {
        ...init,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError')
        unexpected.push(`${init.method ?? 'GET'} ${path}: no answer`);
      throw error;
    }
  };

  return {
    ...{ statuses, falseMissing, unexpected },
    request: async (path, init = {}) => {
      const isRepeatable = (init.method ?? 'GET') === 'GET' || REPEATABLE.test(path);
      const first = Math.floor(random() * urls.length);
      for (let attempt = 1; ; attempt += 1) {
        const url = urls[(first + attempt) % urls.length] ?? '';
        const isLast = attempt === urls.length;
        try {
          const response = await send(url, path, init);
          note(path, init, response);
          if (isLast || response.status !== 503 || !isRepeatable) return response;
          await response.arrayBuffer();
        } catch (error) {
          if (isLast || signal.aborted || !(isRepeatable || isRefused(error))) throw error;
        }
      }
    },
  };
}

/** Whether nobody listened, so that nothing was sent. */
function isRefused(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === 'ECONNREFUSED';
}

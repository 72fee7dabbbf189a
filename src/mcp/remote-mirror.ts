/** A mirror elsewhere, asked over its HTTP interface. */
import { type AskedRoute, type MirrorAccess, MirrorError } from './mirror-access.ts';

interface RemoteOptions {
  readonly url: string;
  /** Of the mirror; undefined if it requires none. */
  readonly token: string | undefined;
  readonly mayChange: boolean;
  readonly fetch: typeof globalThis.fetch;
  /** Aborted when no answer is wanted any more. */
  readonly signal: AbortSignal;
}

const PATHS: Readonly<Record<AskedRoute, (id: string) => string>> = {
  search: () => 'api/search',
  facets: () => 'api/facets',
  activity: () => 'api/stats/days',
  details: (id) => `api/tasks/${encodeURIComponent(id)}/details`,
  similar: (id) => `api/tasks/${encodeURIComponent(id)}/similar`,
};
/** A sync run may take long. */
const TIMEOUT_MS = 10 * 60_000;

export function openRemoteMirror({ url, token, mayChange, fetch, signal }: RemoteOptions): MirrorAccess {
  const base = url.endsWith('/') ? url : `${url}/`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };

  const request = async (path: string, body?: unknown): Promise<Response> => {
    const sent =
      body === undefined
        ? { headers }
        : {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          };
    let answer: Response;
    try {
      answer = await fetch(new URL(path, base), {
        ...sent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
    } catch (error) {
      throw new MirrorError(`the mirror at ${url} can't be reached`, { cause: error });
    }
    if (answer.ok) return answer;
    throw new MirrorError(
      readMessage(await answer.text()) ?? `the mirror at ${url} answered ${answer.status}`,
    );
  };

  return {
    ask: async (route, params, id = '') => (await request(`${PATHS[route](id)}?${params}`)).text(),
    readDocument: async (id) => (await request(`api/tasks/${encodeURIComponent(id)}`)).text(),
    readThumbnail: async (sha256, width) =>
      new Uint8Array(await (await request(`thumbs/${sha256}?w=${width}`)).arrayBuffer()),
    changes: mayChange
      ? {
          track: async (ids) => (await request('api/tracked', { ids })).json(),
          sync: async () => (await request('api/sync', {})).json(),
        }
      : undefined,
  };
}

/** Of an error of the mirror; a proxy before it may answer anything. */
function readMessage(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}

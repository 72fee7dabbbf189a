/** Requests about collections. */
import type {
  CollectionData,
  CollectionList,
  CollectionTilePage,
  PlacementView,
  TakingView,
} from '../../view/data.ts';
import type { Api } from '../api.ts';

/** An answer, and the version of the collection that it is of, for `If-Match`. */
export interface Versioned<T> {
  readonly data: T;
  readonly etag: string;
}

export interface CollectionRequests {
  /** @param task only those that have it */
  list(task?: string): Promise<readonly CollectionData[]>;
  create(fields: { readonly name: string; readonly note?: string }): Promise<Versioned<CollectionData>>;
  read(id: string): Promise<Versioned<CollectionData>>;
  /** @param etag the version that is changed; undefined: whatever it is @throws ApiFailure 412 if it is another one */
  change(id: string, change: object, etag?: string): Promise<Versioned<CollectionData>>;
  remove(id: string, etag?: string): Promise<void>;
  share(id: string, change: object, etag?: string): Promise<Versioned<CollectionData>>;
  unshare(id: string, etag?: string): Promise<Versioned<CollectionData>>;
  /** A page of its tasks, as tiles. */
  readTasks(id: string, limit: number, cursor: string | null): Promise<Versioned<CollectionTilePage>>;
  /** @param selection ids, or a search, which `before` places there; or runs */
  place(id: string, selection: object, etag?: string): Promise<Versioned<PlacementView>>;
  take(id: string, ids: readonly string[], etag?: string): Promise<Versioned<TakingView>>;
}

const LIST = 'api/collections';

export function createCollectionRequests(api: Pick<Api, 'get' | 'send'>): CollectionRequests {
  const send = async <T>(
    path: string,
    method: string,
    { body, etag }: { readonly body?: object; readonly etag?: string | undefined } = {},
  ): Promise<Versioned<T>> => {
    const response = await api.send(path, {
      method,
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(etag === undefined ? {} : { 'if-match': etag }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const data = response.status === 204 ? undefined : await response.json();
    return { data: data as T, etag: response.headers.get('etag') ?? '' }; // of the mirror, whose version is ours
  };
  const pathOf = (id: string) => `${LIST}/${encodeURIComponent(id)}`;
  return {
    list: async (task) => {
      const params = task === undefined ? undefined : new URLSearchParams({ task });
      return (await api.get<CollectionList>(LIST, params)).items;
    },
    create: (fields) => send(LIST, 'POST', { body: fields }),
    read: (id) => send(pathOf(id), 'GET'),
    change: (id, body, etag) => send(pathOf(id), 'PATCH', { body, etag }),
    remove: async (id, etag) => {
      await send(pathOf(id), 'DELETE', { etag });
    },
    share: (id, body, etag) => send(`${pathOf(id)}/link`, 'PUT', { body, etag }),
    unshare: (id, etag) => send(`${pathOf(id)}/link`, 'DELETE', { etag }),
    readTasks: (id, limit, cursor) => {
      const params = new URLSearchParams({ fields: 'tile', limit: String(limit) });
      if (cursor !== null) params.set('cursor', cursor);
      return send(`${pathOf(id)}/tasks?${params}`, 'GET');
    },
    place: (id, body, etag) => send(`${pathOf(id)}/tasks`, 'POST', { body, etag }),
    take: (id, ids, etag) => send(`${pathOf(id)}/remove`, 'POST', { body: { ids }, etag }),
  };
}

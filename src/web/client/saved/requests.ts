/** Requests about saved searches. */
import type { SavedSearchList, SavedSearchView } from '../../view/data.ts';
import type { SavedFields, SavedItem } from '../../view/saved-data.ts';
import type { Api } from '../api.ts';

/** A saved search without its counts, in the version that it is of. */
export type SavedVersion = SavedSearchView & Pick<SavedItem, 'etag'>;

export interface SavedRequests {
  list(): Promise<SavedSearchList['items']>;
  read(id: string): Promise<SavedVersion>;
  create(fields: SavedFields & { readonly tz: string }): Promise<SavedVersion>;
  /** @throws ApiFailure 412 if it is another version by now */
  edit(item: SavedItem, fields: SavedFields): Promise<SavedVersion>;
  remove(id: string): Promise<void>;
  turnFeedOn(item: SavedItem): Promise<SavedVersion>;
  turnFeedOff(item: SavedItem): Promise<SavedVersion>;
  visit(id: string): Promise<void>;
}

const LIST = 'api/saved';

export function createSavedRequests(api: Pick<Api, 'get' | 'send'>): SavedRequests {
  const send = async (path: string, method: string, body?: object, etag?: string): Promise<SavedVersion> => {
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
    const view: SavedSearchView = await response.json();
    return { ...view, etag: response.headers.get('etag') ?? '' };
  };
  const pathOf = (id: string) => `${LIST}/${encodeURIComponent(id)}`;
  return {
    list: async () => (await api.get<SavedSearchList>(LIST)).items,
    read: (id) => send(pathOf(id), 'GET'),
    create: (fields) => send(LIST, 'POST', fields),
    edit: ({ id, etag }, fields) => send(pathOf(id), 'PATCH', fields, etag),
    remove: async (id) => {
      await api.send(pathOf(id), { method: 'DELETE' });
    },
    turnFeedOn: ({ id, etag }) => send(`${pathOf(id)}/feed`, 'POST', undefined, etag),
    turnFeedOff: ({ id, etag }) => send(`${pathOf(id)}/feed`, 'DELETE', undefined, etag),
    visit: async (id) => {
      // The page is left meanwhile.
      await api.send(`${pathOf(id)}/visit`, { method: 'POST', keepalive: true });
    },
  };
}

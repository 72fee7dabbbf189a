/** The read-through interface used by the server. */
import type { TaskId } from '../task/id.ts';
import { createCoalescingFetcher } from './coalescing-fetcher.ts';
import { deleteTask } from './delete.ts';
import type { Caller, MirrorDeps } from './deps.ts';
import { type HistoryRequest, listHistory } from './history-list.ts';
import type { MirrorResponse } from './mirror-response.ts';
import type { ReadThrough } from './read-through.ts';
import { retrieve } from './retrieve.ts';
import { retrieveBatch } from './retrieve-batch.ts';
import { createSharedRequests } from './shared-requests.ts';
import { createStaleWait } from './stale-wait.ts';

export interface Mirror {
  retrieve(id: TaskId, caller: Caller): Promise<MirrorResponse>;
  retrieveBatch(ids: readonly TaskId[], caller: Caller): Promise<MirrorResponse>;
  listHistory(request: HistoryRequest, caller: Caller): Promise<MirrorResponse>;
  delete(id: TaskId, body: string, caller: Caller): Promise<MirrorResponse>;
}

export function createMirror(deps: MirrorDeps): Mirror {
  const shared: ReadThrough = {
    fetcher: createCoalescingFetcher(deps),
    staleWait: createStaleWait(deps.staleWaitMs),
    lists: createSharedRequests(),
  };
  return {
    retrieve: (id, caller) => retrieve(deps, shared, id, caller),
    retrieveBatch: (ids, caller) => retrieveBatch(deps, shared, ids, caller),
    listHistory: (request, caller) => listHistory(deps, shared, request, caller),
    delete: (id, body, caller) => deleteTask(deps, id, body, caller),
  };
}

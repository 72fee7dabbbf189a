/** Read-through, as the server sees it. */
import type { TaskId } from '../task/id.ts';
import { deleteTask } from './delete.ts';
import { createFetching } from './fetching.ts';
import { type HistoryRequest, historyList } from './history-list.ts';
import type { Caller, MirrorParts } from './parts.ts';
import { retrieve } from './retrieve.ts';
import { retrieveBatch } from './retrieve-batch.ts';
import type { Served } from './served.ts';

export interface Mirror {
  retrieve(id: TaskId, caller: Caller): Promise<Served>;
  retrieveBatch(ids: readonly TaskId[], caller: Caller): Promise<Served>;
  historyList(request: HistoryRequest, caller: Caller): Promise<Served>;
  delete(id: TaskId, body: string, caller: Caller): Promise<Served>;
}

export function createMirror(parts: MirrorParts): Mirror {
  const fetching = createFetching(parts);
  return {
    retrieve: (id, caller) => retrieve(parts, fetching, id, caller),
    retrieveBatch: (ids, caller) => retrieveBatch(parts, fetching, ids, caller),
    historyList: (request, caller) => historyList(parts, request, caller),
    delete: (id, body, caller) => deleteTask(parts, id, body, caller),
  };
}

/** What a reader of the status page can do: start a run, track ids. */
import type { StatusActions, StatusState, TrackResult } from '../components/status/state.ts';
import { type Api, ApiFailure } from './api.ts';

/** `POST /api/tracked` takes no more ids at once. */
const MAX_IDS_PER_REQUEST = 1000;

interface StatusActionDeps {
  readonly api: Api;
  readonly status: StatusState;
  readonly reload: () => void;
}

export function createStatusActions({ api, status, reload }: StatusActionDeps): StatusActions {
  const sync = async () => {
    status.sync.value = { kind: 'running', done: undefined, due: undefined };
    try {
      const { outcome, finished } = await api.post<{ outcome: string; finished: number }>('api/sync', {});
      status.sync.value = { kind: 'ended', outcome, finished };
    } catch (error) {
      status.sync.value = { kind: 'failed', message: describeError(error) };
    }
    reload();
  };

  const track = async (ids: readonly string[]) => {
    status.addIds.value = { kind: 'sending' };
    let result: TrackResult = { added: 0, revived: 0, already_tracked: 0, already_finished: 0 };
    try {
      for (let at = 0; at < ids.length; at += MAX_IDS_PER_REQUEST) {
        const slice = ids.slice(at, at + MAX_IDS_PER_REQUEST);
        result = addResults(result, await api.post<TrackResult>('api/tracked', { ids: slice }));
      }
      status.addIds.value = { kind: 'done', result };
    } catch (error) {
      status.addIds.value = { kind: 'failed', message: describeError(error) };
    }
    reload();
  };

  return {
    sync: () => void sync(),
    track: (ids) => void track(ids),
    toggleAddIds: (isOpen) => {
      status.addIds.value = { kind: isOpen ? 'open' : 'closed' };
    },
  };
}

function addResults(a: TrackResult, b: TrackResult): TrackResult {
  return {
    added: a.added + b.added,
    revived: a.revived + b.revived,
    already_tracked: a.already_tracked + b.already_tracked,
    already_finished: a.already_finished + b.already_finished,
  };
}

/** What the mirror says, or the browser where there is no connection. */
function describeError(error: unknown): string {
  return error instanceof ApiFailure || error instanceof Error ? error.message : String(error);
}

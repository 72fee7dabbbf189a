/** One task: cached? fresh? already being fetched? ask, store, answer. */
import { ApiError } from '../lib/api-error.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { Fetching } from './fetching.ts';
import { isFresh } from './freshness.ts';
import { askingFor, type Caller, type MirrorParts } from './parts.ts';
import { noUpstreamToken, relayError } from './refusal.ts';
import { relayed, type Served, servedTask } from './served.ts';
import { maySee, unknownHere } from './visibility.ts';

/**
 * Answers `{"action":"retrieve","id":…}`. Who may not see a task hears the same as if there were none.
 * @throws ApiError when there is nothing to serve
 */
export async function retrieve(
  parts: MirrorParts,
  fetching: Fetching,
  id: TaskId,
  caller: Caller,
): Promise<Served> {
  const { store, clock } = parts;
  const stored = await store.get(id);
  const isHidden = stored !== undefined && !maySee(caller, stored);
  const cached = isHidden ? undefined : stored;
  if (cached && isFresh(cached, caller.control, parts.pendingTtlMs, clock.now())) {
    return servedTask(cached, { hit: true }, clock.now());
  }
  if (caller.control.onlyIfCached || parts.offline) return withoutAsking(parts, cached, caller);

  const asking = askingFor(parts, caller);
  if (!asking) {
    if (cached) return servedTask(cached, { hit: true, detail: 'stale-if-error' }, clock.now());
    throw noUpstreamToken();
  }
  if (isHidden) throw unknownHere(); // only now: without a token for the upstream an unknown one hears of that
  const fwd = caller.control.noCache ? 'request' : cached ? 'stale' : 'miss';
  try {
    const { fetched, collapsed } = await fetching.one(id, asking);
    if (fetched.kind === 'found') {
      if (!maySee(caller, fetched.task)) throw unknownHere();
      return servedTask(fetched.task, { fwd, stored: fetched.stored, collapsed }, clock.now());
    }
    // What was stored stays stored, even when the upstream has forgotten it.
    if (cached) return servedTask(cached, { hit: true, detail: 'unknown-to-upstream' }, clock.now());
    if (caller.limits) throw unknownHere();
    if (fetched.answer) return relayed(fetched.answer, { fwd, collapsed });
    throw new ApiError(404, 'not_found', 'the upstream does not know this task');
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (cached) return servedTask(cached, { hit: true, detail: 'stale-if-error' }, clock.now());
    return relayError(error);
  }
}

function withoutAsking(parts: MirrorParts, cached: StoredTask | undefined, { control }: Caller): Served {
  const detail = control.onlyIfCached ? 'only-if-cached' : 'offline';
  if (cached) return servedTask(cached, { hit: true, detail }, parts.clock.now());
  if (control.onlyIfCached) {
    // RFC 9111, section 5.2.1.7: "respond with a 504 (Gateway Timeout) status code"
    throw new ApiError(
      504,
      'not_found',
      'this task is not in the mirror, and only-if-cached forbids to ask for it',
    );
  }
  throw new ApiError(404, 'not_found', 'this task is not in the mirror, which is offline');
}

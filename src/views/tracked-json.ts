/** Tracked ids as JSON; the same for the routes and the commands. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { TrackedId, TrackResult } from '../store/contract/tracking.ts';
import type { TrackedIdView, TrackResultView } from './tracked-schema.ts';

export function serializeTrackedId(tracked: TrackedId): TrackedIdView {
  return {
    id: tracked.id,
    tracked_at: formatIsoTime(tracked.trackedAtMs),
    due_at: formatIsoTime(tracked.dueAtMs),
    given_up: tracked.dueAtMs === undefined,
    attempts: tracked.attempts,
    unknown_since: formatIsoTime(tracked.unknownSinceMs),
    last_error: tracked.lastError ?? null,
  };
}

export function serializeTrackResult(result: TrackResult): TrackResultView {
  return {
    added: result.added,
    revived: result.revived,
    already_tracked: result.alreadyTracked,
    already_finished: result.alreadyFinished,
  };
}

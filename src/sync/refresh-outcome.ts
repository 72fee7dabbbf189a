/** What a refresh means for the schedule of an id. Pure. */
import type { Claim, RefreshOutcome } from '../store/contract/tracking.ts';
import { nextCheckDelay } from '../task/next-check.ts';

/** Age alone does not give an id up: a clock that jumped a week ahead would give up everything at once. */
const TRIES_BEFORE_GIVING_UP = 5;

interface Moment {
  readonly nowMs: number;
  readonly random: () => number;
}

/** Found unfinished: looked at again later, ever more rarely. */
export function recordPending(claim: Claim, { nowMs, random }: Moment): RefreshOutcome {
  const dueAtMs = nowMs + nextCheckDelay(claim.attempts + 1, random);
  return { claim, dueAtMs, unknownSinceMs: undefined, error: undefined };
}

/** Unknown to the upstream: the same, until it has been unknown for `giveUpAfterMs`. */
export function recordUnknown(
  claim: Claim,
  giveUpAfterMs: number,
  { nowMs, random }: Moment,
): RefreshOutcome {
  const unknownSinceMs = claim.unknownSinceMs ?? nowMs;
  const isHopeless = nowMs - unknownSinceMs >= giveUpAfterMs && claim.attempts + 1 >= TRIES_BEFORE_GIVING_UP;
  return {
    claim,
    dueAtMs: isHopeless ? undefined : nowMs + nextCheckDelay(claim.attempts + 1, random),
    unknownSinceMs,
    error: isHopeless
      ? 'given up: the upstream does not know this id'
      : 'the upstream does not know this id (yet)',
  };
}

/** The request failed: looked at again later, what was known of the id stays. */
export function recordFailed(claim: Claim, error: string, { nowMs, random }: Moment): RefreshOutcome {
  const dueAtMs = nowMs + nextCheckDelay(claim.attempts + 1, random);
  return { claim, dueAtMs, unknownSinceMs: claim.unknownSinceMs, error };
}

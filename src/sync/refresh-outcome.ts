/** Computes when an id is due again after a refresh. Pure. */
import type { Claim, RefreshOutcome } from '../store/contract/tracking.ts';
import { nextCheckDelay } from '../task/next-check.ts';

/** Required in addition to age: a clock that jumped a week ahead would give up everything at once. */
const MIN_ATTEMPTS_BEFORE_GIVING_UP = 5;

interface Moment {
  readonly nowMs: number;
  readonly random: () => number;
}

/** Still unfinished: checked again with exponential backoff. */
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
  const isGivenUp =
    nowMs - unknownSinceMs >= giveUpAfterMs && claim.attempts + 1 >= MIN_ATTEMPTS_BEFORE_GIVING_UP;
  return {
    claim,
    dueAtMs: isGivenUp ? undefined : nowMs + nextCheckDelay(claim.attempts + 1, random),
    unknownSinceMs,
    error: isGivenUp
      ? 'given up: the upstream does not know this id'
      : 'the upstream does not know this id (yet)',
  };
}

/** The request failed: checked again with backoff; `unknownSinceMs` is kept. */
export function recordFailed(claim: Claim, error: string, { nowMs, random }: Moment): RefreshOutcome {
  const dueAtMs = nowMs + nextCheckDelay(claim.attempts + 1, random);
  return { claim, dueAtMs, unknownSinceMs: claim.unknownSinceMs, error };
}

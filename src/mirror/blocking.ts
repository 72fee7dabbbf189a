/** Leaving the upstream alone when it asks for that: one wait for callers and schedule together, kept over restarts. */
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import type { Block } from '../store/contract/upstream-block.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { LONGEST_WAIT_MS } from '../upstream/retry-after.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
}

const FIRST_WAIT_MS = { 'rate-limited': 5000, unreachable: 5000, rejected: 15 * 60_000 } as const;
const LONGEST_OWN_WAIT_MS = {
  'rate-limited': 5 * 60_000,
  unreachable: 5 * 60_000,
  rejected: 15 * 60_000,
} as const;

/** The block in force now; one that a wrong clock put too far ahead is not believed. */
export async function activeBlock({ store, clock }: Omit<Parts, 'random'>): Promise<Block | undefined> {
  const block = await store.blocked();
  const remaining = block ? block.untilMs - clock.now() : 0;
  return remaining > 0 && remaining <= LONGEST_WAIT_MS ? block : undefined;
}

/** The silence that the upstream asked for, while it is in force. Nobody may break or shorten it. */
async function activeSilence(parts: Omit<Parts, 'random'>): Promise<Block | undefined> {
  const block = await activeBlock(parts);
  return block?.reason === 'rate-limited' ? block : undefined;
}

/** @throws UpstreamError `blocked` with the time that is left, while the upstream has asked for silence */
export async function respectSilence(parts: Omit<Parts, 'random'>): Promise<void> {
  const silence = await activeSilence(parts);
  if (!silence) return;
  throw new UpstreamError('blocked', silence.message, undefined, silence.untilMs - parts.clock.now());
}

/** An answer ends what kept the upstream alone, but for a silence: that may have been asked for while the answer came. */
export async function liftBlock(parts: Omit<Parts, 'random'>): Promise<void> {
  const { store } = parts;
  if ((await store.blocked()) !== undefined && !(await activeSilence(parts))) await store.unblock();
}

/**
 * Blocks the upstream after a failure: as long as it asked for, else 5 s doubling to 5 min (15 min after 401/403),
 * with jitter.
 */
export async function blockAfter(
  parts: Parts,
  reason: Block['reason'],
  error: UpstreamError,
): Promise<Block> {
  const { store, clock, random } = parts;
  const silence = await activeSilence(parts);
  if (silence && reason !== 'rate-limited') return silence;
  const before = await store.blocked();
  const times = before?.reason === reason ? before.times + 1 : 1;
  const own = Math.min(FIRST_WAIT_MS[reason] * 2 ** (times - 1), LONGEST_OWN_WAIT_MS[reason]);
  const wait = error.retryAfterMs ?? own * (0.8 + 0.4 * random());
  const untilMs = Math.max(Math.round(clock.now() + wait), silence?.untilMs ?? 0);
  const block = { untilMs, reason, message: error.message, times };
  await store.block(block);
  return block;
}

/**
 * Remembers for a few seconds which ids the upstream did not know (negative caching), so that asking for them again and again
 * costs nothing. By upstream token: another token may see other tasks.
 */
import { computeDigest } from '../lib/access-token.ts';
import type { Clock } from '../lib/clock.ts';
import type { TaskId } from '../task/id.ts';
import type { UpstreamAnswer } from '../upstream/errors.ts';
import type { CacheControl } from './cache-control.ts';

export interface UnknownIds {
  /** The ids of `ids` that need not be requested, each with the upstream's response to a `retrieve` if there was one. */
  find(
    ids: readonly TaskId[],
    token: string | undefined,
    control: CacheControl,
  ): Map<TaskId, UpstreamAnswer | undefined>;
  /** @param answer of a `retrieve`, which is relayed; undefined when the id was missing from a batch */
  add(ids: readonly TaskId[], token: string | undefined, answer: UpstreamAnswer | undefined): void;
  forget(ids: readonly TaskId[], token: string | undefined): void;
}

interface Entry {
  readonly atMs: number;
  readonly answer: UpstreamAnswer | undefined;
}

/** Shorter than a client's usual polling interval: a task may be created at any time. */
const TTL_MS = 3000;
const MAX_ENTRIES = 10_000;
/** A longer response is not remembered. */
export const MAX_ANSWER_BYTES = 1024;

export function createUnknownIds(clock: Clock): UnknownIds {
  const entries = new Map<string, Entry>();
  const createPrefix = (token = '') => computeDigest(token).toString('base64');

  return {
    find: (ids, token, control) => {
      const found = new Map<TaskId, UpstreamAnswer | undefined>();
      if (control.noCache || entries.size === 0) return found;
      const prefix = createPrefix(token);
      const oldestMs = clock.monotonic() - Math.min(TTL_MS, control.maxAgeMs ?? TTL_MS);
      for (const id of ids) {
        const entry = entries.get(prefix + id);
        if (entry && entry.atMs > oldestMs) found.set(id, entry.answer);
      }
      return found;
    },
    add: (ids, token, answer) => {
      if (answer && answer.body.byteLength > MAX_ANSWER_BYTES) return;
      const prefix = createPrefix(token);
      for (const id of ids) {
        entries.delete(prefix + id); // so that the order of the map is that of time
        entries.set(prefix + id, { atMs: clock.monotonic(), answer });
      }
      for (const key of entries.keys()) {
        if (entries.size <= MAX_ENTRIES) return;
        entries.delete(key);
      }
    },
    forget: (ids, token) => {
      if (entries.size === 0) return;
      const prefix = createPrefix(token);
      for (const id of ids) entries.delete(prefix + id);
    },
  };
}

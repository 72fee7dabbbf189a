/** Bounds what lasts: a caller who opens ever more long responses must not leave others without any. */
import { ApiError } from '../../lib/api-error.ts';

export interface Slots {
  /** @returns a function that frees the slot, however often it is called @throws ApiError 503 when too many are taken */
  take(caller: string): () => void;
}

const RETRY_AFTER_S = 5;

/** @param what is bounded, for the error */
export function createSlots(
  what: string,
  { maxTotal, maxPerCaller }: { readonly maxTotal: number; readonly maxPerCaller: number },
): Slots {
  const byCaller = new Map<string, number>();
  let total = 0;
  return {
    take: (caller) => {
      const own = byCaller.get(caller) ?? 0;
      if (total >= maxTotal || own >= maxPerCaller)
        throw new ApiError(503, 'api_error', `too many ${what} at once; try again`, {
          retryAfterSeconds: RETRY_AFTER_S,
        });
      byCaller.set(caller, own + 1);
      total += 1;
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        total -= 1;
        const left = (byCaller.get(caller) ?? 1) - 1;
        if (left > 0) byCaller.set(caller, left);
        else byCaller.delete(caller);
      };
    },
  };
}

/** Delivers callbacks from the upstream to the caller's own `callback_url`, with retries until it accepts them. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import { USER_AGENT } from '../lib/version.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { DueCallback } from '../store/contract/callbacks.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { Store } from '../store/contract/store.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { type VerifiedCallback, type VerifyDeps, verifyCallback } from './verify-callback.ts';

export interface CallbackDeliveryDeps {
  readonly store: Store;
  readonly mirror: VerifyDeps['mirror'];
  readonly safeFetch: SafeFetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

export interface CallbackDelivery {
  /** Delivers every due callback; concurrent calls share the run in progress. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

const DELIVERY_TIMEOUT_MS = 15_000;
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const CONCURRENCY = 8;
const POLL_INTERVAL_MS = 1000;

/** Polls every second, and whenever `run` is called. */
export function startCallbackDelivery(deps: CallbackDeliveryDeps): CallbackDelivery {
  const { store, clock, log } = deps;
  const stopping = new AbortController();

  const deliverDue = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const due = await store.claimCallbacks({
        nowMs: clock.now(),
        limit: CONCURRENCY,
        leaseMs: 2 * DELIVERY_TIMEOUT_MS,
      });
      if (due.length === 0) return;
      await Promise.all(due.map((callback) => deliver(deps, callback, stopping.signal)));
    }
  };
  const delivery = createSingleFlight(() =>
    deliverDue().catch((error: unknown) => log.error({ err: error }, 'delivering callbacks failed')),
  );
  const timer = setInterval(delivery.run, POLL_INTERVAL_MS);
  return {
    run: delivery.run,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await delivery.current;
    },
  };
}

async function deliver(deps: CallbackDeliveryDeps, callback: DueCallback, stop: AbortSignal): Promise<void> {
  const { store, clock, log, random } = deps;
  const error = await tryToDeliver(deps, callback, stop);
  const nowMs = clock.now();
  if (error === undefined) {
    await store.recordCallbackOutcome(callback.key, { deliveredAtMs: nowMs });
    return;
  }
  const hasExpired = nowMs - callback.receivedAtMs >= GIVE_UP_AFTER_MS;
  const dueAtMs = hasExpired ? undefined : nowMs + nextCheckDelay(callback.attempts, random);
  log.warn({ error, attempts: callback.attempts + 1 }, 'delivering a callback failed');
  await store.recordCallbackOutcome(callback.key, { dueAtMs, error });
}

/** @returns the error, undefined on success. @throws StoreError */
async function tryToDeliver(
  deps: CallbackDeliveryDeps,
  callback: DueCallback,
  stop: AbortSignal,
): Promise<string | undefined> {
  try {
    const content = await verifyCallback(deps, callback);
    return content
      ? await post(deps.safeFetch, callback.target, content, stop)
      : 'its task is not finished yet';
  } catch (error) {
    if (storeErrorCodeOf(error) !== undefined) throw error;
    // Otherwise it would be claimed again and again, and never given up.
    deps.log.error({ err: error, id: callback.taskId }, 'a callback can not be delivered');
    return 'it can not be read';
  }
}

/** @returns the error, undefined on success */
async function post(
  safeFetch: SafeFetch,
  target: string,
  { body, mediaType }: VerifiedCallback,
  stop: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await safeFetch.fetch(target, {
      method: 'POST',
      body,
      headers: { 'content-type': mediaType, 'user-agent': USER_AGENT },
      signal: AbortSignal.any([AbortSignal.timeout(DELIVERY_TIMEOUT_MS), stop]),
      maxRedirects: 0,
    });
    answer.destroy();
    const { statusCode = 0 } = answer;
    return statusCode >= 200 && statusCode < 300 ? undefined : `its host answered ${statusCode}`;
  } catch (error) {
    if (error instanceof ForbiddenAddress) return `refused: ${error.message}`;
    return 'its host could not be reached in time';
  }
}

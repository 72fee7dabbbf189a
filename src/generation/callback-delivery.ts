/** Delivers callbacks from the upstream to the caller's own `callback_url`, with retries until it accepts them. */
import { type Delivery, type DeliveryDeps, startDelivery } from '../delivery/delivery.ts';
import type { Store } from '../store/contract/store.ts';
import { type VerifyDeps, verifyCallback } from './verify-callback.ts';

export interface CallbackDeliveryDeps extends DeliveryDeps {
  readonly store: Store;
  readonly mirror: VerifyDeps['mirror'];
}

const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** Polls every second, and whenever `run` is called. */
export function startCallbackDelivery(deps: CallbackDeliveryDeps): Delivery {
  const { store } = deps;
  return startDelivery(deps, {
    what: 'a callback',
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    claim: (request) => store.claimCallbacks(request),
    getLane: ({ key }) => key,
    prepare: async (callback) => {
      const content = await verifyCallback(deps, callback);
      return content ? { target: callback.target, ...content } : { notYet: 'its task is not finished yet' };
    },
    getStartMs: ({ receivedAtMs }) => receivedAtMs,
    record: ({ key }, end) => store.recordCallbackOutcome(key, end),
  });
}

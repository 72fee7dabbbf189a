/** What `verify` is built on: a store that is only read, and an upstream client of its own. */
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import { OperatorError } from '../lib/operator-error.ts';
import { createSafeFetch } from '../outbound/safe-fetch.ts';
import type { CircuitStore } from '../store/contract/circuit.ts';
import { StoreError } from '../store/contract/errors.ts';
import type { Store } from '../store/contract/store.ts';
import { createCircuitBreaker } from '../upstream/circuit-breaker.ts';
import { createUpstream } from '../upstream/client.ts';
import type { VerifyDeps } from '../verify/verify.ts';
import { runWithStore } from './with-store.ts';

interface Surroundings {
  readonly clock: Clock;
  /** Aborts requests to the upstream. */
  readonly signal: AbortSignal;
  readonly random?: () => number;
}

/**
 * @param store opened for reading
 * @returns `close` closes the connections to the hosts of links
 */
export function createVerifyDeps(
  config: Config,
  upstreamToken: string,
  store: Store,
  { clock, signal, random = Math.random }: Surroundings,
): { deps: VerifyDeps; close(): void } {
  const circuits = createSharedCircuit(config, store);
  const breaker = createCircuitBreaker({ store: circuits, clock, random, upstreamToken });
  const upstream = createUpstream({
    baseUrl: config.upstreamUrl,
    // One at a time: the callers of a running server need the same upstream.
    concurrency: 1,
    timeoutMs: config.upstreamTimeoutMs,
    ...{ clock, random, signal, breaker },
  });
  const safeFetch = createSafeFetch(config.imageAllowHosts);
  const { batchSize } = config;
  return {
    deps: { store, upstream, upstreamToken, breaker, safeFetch, batchSize, clock, random },
    close: safeFetch.close,
  };
}

/** A cooldown that the upstream asks for is the one thing that is written: a server beside it must obey it as well. */
function createSharedCircuit(config: Config, store: Store): CircuitStore {
  return {
    readCircuit: store.readCircuit,
    openCircuit: async (failure) => {
      try {
        return await runWithStore(config, 'writer', async (writer) => writer.openCircuit(failure));
      } catch (error) {
        // While it is being restored, nothing can be written, and the breaker remembers the cooldown by itself.
        throw error instanceof OperatorError
          ? new StoreError('busy', error.message, { cause: error })
          : error;
      }
    },
    // That is for what is synced.
    closeCircuit: () => false,
  };
}

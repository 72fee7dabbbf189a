/** Requests of commands that wait as long as the upstream asks to, instead of failing. */
import type { Clock } from '../lib/clock.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { UpstreamError } from './errors.ts';

export interface CooldownDeps {
  readonly breaker: Pick<CircuitBreaker, 'readCircuit' | 'closeCircuit'>;
  readonly clock: Clock;
}

export interface CooldownOptions {
  readonly signal: AbortSignal;
  /** Called with the end of a cooldown, epoch milliseconds. */
  readonly onWait: (untilMs: number) => void;
  /** How often in a row the same request is refused by a rate limit before that is its failure; default: no limit. */
  readonly maxRefusals?: number;
}

/**
 * Sends a request, waiting for rate-limit cooldowns to pass.
 * @throws UpstreamError for anything but a rate limit, or the signal's reason
 */
export async function requestWithCooldowns<Result>(
  { breaker, clock }: CooldownDeps,
  request: () => Promise<Result>,
  { signal, onWait, maxRefusals = Number.POSITIVE_INFINITY }: CooldownOptions,
): Promise<Result> {
  for (let refusals = 1; ; refusals += 1) {
    signal.throwIfAborted();
    const circuit = await breaker.readCircuit();
    if (circuit?.reason === 'rate-limited') {
      onWait(circuit.untilMs);
      await clock.sleep(circuit.untilMs - clock.now(), signal);
    }
    try {
      const result = await request();
      await breaker.closeCircuit();
      return result;
    } catch (error) {
      if (!(error instanceof UpstreamError) || !error.asksToWait || refusals >= maxRefusals) throw error;
    }
  }
}

/** Delays the answers to invalid tokens, however they were presented, and logs them. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { getClient } from '../connections/client.ts';
import { getTraceId } from '../monitoring/trace.ts';
import { createAuthThrottle } from './auth-throttle.ts';

/** Resolves when the invalid token of a request may be answered. */
export type DelayGuess = (request: IncomingMessage) => Promise<void>;

export function createGuessDelay({ clock, log }: { clock: Clock; log: Log }): DelayGuess {
  const throttle = createAuthThrottle(clock);
  return async (request) => {
    const { address } = getClient(request);
    const isAnswered = await throttle(address);
    if (isAnswered) log.warn({ trace_id: getTraceId(request), address }, 'invalid token');
    else request.socket.destroy();
  };
}

/** Metrics of the process itself, by prom-client's own names: memory, CPU time, event loop, garbage collection. */
import { collectDefaultMetrics, Registry } from 'prom-client';

let collected: Registry | undefined;

/**
 * The registry of the process, shared by all mirrors in it: prom-client observes garbage collection and the event loop from
 * the first call on and can't be stopped. Neither keeps the process alive.
 */
export function getProcessRegistry(): Registry {
  if (!collected) {
    collected = new Registry();
    collectDefaultMetrics({ register: collected });
  }
  return collected;
}

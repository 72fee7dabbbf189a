/** Metrics of the process itself, by prom-client's own names: memory, processor time, event loop, garbage collection. */
import { collectDefaultMetrics, Registry } from 'prom-client';

let collected: Registry | undefined;

/**
 * The registry of the process. There is one, however many mirrors run in the process: prom-client observes garbage
 * collection and the event loop from the first call on, for good, and has no way to end that. Neither keeps the process
 * alive.
 */
export function getProcessRegistry(): Registry {
  if (!collected) {
    collected = new Registry();
    collectDefaultMetrics({ register: collected });
  }
  return collected;
}

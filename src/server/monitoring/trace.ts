/** The id of a request, made when it is first needed: in the log, and as `trace_id` in the body of an error. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const traceIds = new WeakMap<IncomingMessage, string>();

export function traceIdOf(request: IncomingMessage): string {
  const known = traceIds.get(request);
  if (known !== undefined) return known;
  const made = randomUUID();
  traceIds.set(request, made);
  return made;
}

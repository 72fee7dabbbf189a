/** What the log knows of a request: its id, made when it is first needed (in the body of an error `trace_id`), and who asked. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const traceIds = new WeakMap<IncomingMessage, string>();

const holders = new WeakMap<IncomingMessage, string>();

/** The name of the token that a request presented, for the log. */
export function recordTokenName(request: IncomingMessage, name: string): void {
  holders.set(request, name);
}

export function getTokenName(request: IncomingMessage): string | undefined {
  return holders.get(request);
}

export function getTraceId(request: IncomingMessage): string {
  const known = traceIds.get(request);
  if (known !== undefined) return known;
  const made = randomUUID();
  traceIds.set(request, made);
  return made;
}

/** Log context of a request: its id, created on first use (`trace_id` in error bodies), and its token name. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const traceIds = new WeakMap<IncomingMessage, string>();

const tokenNames = new WeakMap<IncomingMessage, string>();

/** The name of the token that a request presented, for the log. */
export function recordTokenName(request: IncomingMessage, name: string): void {
  tokenNames.set(request, name);
}

export function getTokenName(request: IncomingMessage): string | undefined {
  return tokenNames.get(request);
}

export function getTraceId(request: IncomingMessage): string {
  const known = traceIds.get(request);
  if (known !== undefined) return known;
  const created = randomUUID();
  traceIds.set(request, created);
  return created;
}

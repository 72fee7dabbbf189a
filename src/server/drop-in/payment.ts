/** Recognises requests that pay for themselves (x402). */
import type { IncomingHttpHeaders } from 'node:http';
import { PAYMENT_HEADERS } from '../../upstream/payment-headers.ts';

/** @returns undefined for a request that does not pay */
export function selectPaymentHeaders(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  if (PAYMENT_HEADERS.every((name) => headers[name] === undefined)) return undefined; // almost always
  const sent = PAYMENT_HEADERS.map((name) => [name, headers[name]] as const).filter(
    (entry): entry is [(typeof PAYMENT_HEADERS)[number], string] =>
      typeof entry[1] === 'string' && entry[1] !== '',
  );
  return sent.length > 0 ? Object.fromEntries(sent) : undefined;
}

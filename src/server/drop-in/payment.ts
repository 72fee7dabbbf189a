/** Pay-per-call (x402, version 2), as the vendor's SDK does it; the names with `x-` are those of version 1. */
import type { IncomingHttpHeaders } from 'node:http';

/** Of a request that pays for itself. */
export const PAYMENT_HEADERS = ['payment-signature', 'x-payment'] as const;
/** Of answers: the price, and the receipt. */
export const RECEIPT_HEADERS = ['payment-required', 'payment-response', 'x-payment-response'] as const;

/** @returns undefined for a request that does not pay */
export function selectPaymentHeaders(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  if (PAYMENT_HEADERS.every((name) => headers[name] === undefined)) return undefined; // almost always
  const sent = PAYMENT_HEADERS.map((name) => [name, headers[name]] as const).filter(
    (entry): entry is [(typeof PAYMENT_HEADERS)[number], string] =>
      typeof entry[1] === 'string' && entry[1] !== '',
  );
  return sent.length > 0 ? Object.fromEntries(sent) : undefined;
}

/** Headers of pay-per-call (x402, version 2) as in the vendor's SDK; the names with `x-` are those of version 1. */

/** In a request that pays for itself. */
export const PAYMENT_HEADERS = ['payment-signature', 'x-payment'] as const;
/** In responses: the price, and the receipt. */
export const RECEIPT_HEADERS = ['payment-required', 'payment-response', 'x-payment-response'] as const;

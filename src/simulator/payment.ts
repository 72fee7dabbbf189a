/** Simulates pay-per-call (x402, version 2): price, payment, receipt. */
import type { IncomingHttpHeaders } from 'node:http';
import { createErrorAnswer, type SimulatedAnswer } from './answers.ts';

/** Payment headers with the header of their receipt, in version 2 and version 1 of the protocol. */
const RECEIPTS = { 'payment-signature': 'payment-response', 'x-payment': 'x-payment-response' } as const;

const PRICE = {
  x402Version: 2,
  accepts: [
    { scheme: 'exact', network: 'base', asset: 'USDC', maxAmountRequired: '20000', payTo: '0xsimulated' },
  ],
};

/** The receipt of a payment, as headers of the answer; undefined without a payment. */
export function acceptPayment(headers: IncomingHttpHeaders): Record<string, string> | undefined {
  for (const [payment, receipt] of Object.entries(RECEIPTS)) {
    const paid = headers[payment];
    if (typeof paid === 'string' && paid !== '')
      return { [receipt]: encode({ success: true, payment: paid }) };
  }
  return undefined;
}

/** The response to a request with neither token nor payment. */
export function createPriceAnswer(): SimulatedAnswer {
  const { body } = createErrorAnswer(402, 'payment_required', 'payment is required');
  return {
    status: 402,
    body: JSON.stringify({ ...(JSON.parse(body) as object), ...PRICE }),
    headers: { 'payment-required': encode(PRICE) },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

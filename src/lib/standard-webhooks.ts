/** Secrets and signatures of webhooks. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { createHmac, randomBytes } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
/** The specification allows 24 to 64. */
const SECRET_BYTES = 32;
const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

export interface SignedMessage {
  /** The same for each attempt, so that the receiver can drop repeats. */
  readonly id: string;
  /** Of the attempt; epoch milliseconds. */
  readonly atMs: number;
  readonly body: string;
}

export function createWebhookSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

export function isWebhookSecret(text: string): boolean {
  return SECRET.test(text);
}

/** The headers that let the receiver check who has sent a message. */
export function signMessage(secret: string, { id, atMs, body }: SignedMessage): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** Posts one message to an address of a caller, never into this machine's own network, and never further than that address. */
import { USER_AGENT } from '../lib/version.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';

export interface Message {
  readonly target: string;
  readonly body: string | Uint8Array;
  readonly mediaType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const DELIVERY_TIMEOUT_MS = 15_000;

/** @returns the error, undefined on success */
export async function postMessage(
  safeFetch: SafeFetch,
  { target, body, mediaType, headers }: Message,
  stop: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await safeFetch.fetch(target, {
      method: 'POST',
      body,
      headers: { 'content-type': mediaType, 'user-agent': USER_AGENT, ...headers },
      signal: AbortSignal.any([AbortSignal.timeout(DELIVERY_TIMEOUT_MS), stop]),
      maxRedirects: 0,
    });
    answer.destroy();
    const { statusCode = 0 } = answer;
    return statusCode >= 200 && statusCode < 300 ? undefined : `its host answered ${statusCode}`;
  } catch (error) {
    if (error instanceof ForbiddenAddress) return `refused: ${error.message}`;
    return 'its host could not be reached in time';
  }
}

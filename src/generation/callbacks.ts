/**
 * Being called when a generation is done: the upstream is told to call the mirror, which keeps what comes and hands the
 * same bytes to the caller's own `callback_url` (see courier.ts).
 */

import { randomBytes } from 'node:crypto';
import { applyEdits, modify } from 'jsonc-parser';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import type { Store } from '../store/contract/store.ts';
import { isObject, own, ownString } from '../task/json-object.ts';
import type { Generation } from '../upstream/client.ts';

export interface CallbackParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The mirror's public address; undefined: requests are left as they are. */
  readonly callbackUrl: string | undefined;
}

/** The path below which the upstream calls, behind the public address. */
export const CALLBACK_PATH = '/callbacks';

/** A request as it is sent. */
export interface Sent {
  readonly generation: Generation;
  /** Of the address in it, where it is ours. */
  readonly callbackKey?: string;
}

/**
 * The request with our `callback_url` in it, where it has one or is `async`; any other, and every other byte, as it was.
 * When the store can't remember the caller's address, the request stays as it is.
 */
export async function withOwnCallback(parts: CallbackParts, generation: Generation): Promise<Sent> {
  if (parts.callbackUrl === undefined) return { generation };
  const text = Buffer.from(generation.body).toString();
  const wish = callbackWish(text);
  if (!wish) return { generation };
  const key = randomBytes(24).toString('base64url');
  try {
    await parts.store.addCallback({ key, target: wish.target, nowMs: parts.clock.now() });
  } catch (error) {
    parts.log.error({ err: error }, 'could not note a callback; the upstream calls the caller itself');
    return { generation };
  }
  const url = `${parts.callbackUrl}${CALLBACK_PATH}/${key}`;
  const edited = applyEdits(text, modify(text, ['callback_url'], url, {}));
  return { generation: { ...generation, body: new TextEncoder().encode(edited) }, callbackKey: key };
}

/** Whether a request wants to be answered later, and where. */
function callbackWish(text: string): { target: string | undefined } | undefined {
  const body = tryParseJson(text);
  if (!isObject(body)) return undefined; // the upstream will say what it thinks of it
  const target = ownString(body, 'callback_url') || undefined;
  return target !== undefined || own(body, 'async') === true ? { target } : undefined;
}

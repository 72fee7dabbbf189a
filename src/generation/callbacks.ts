/**
 * Being called when a generation is done: the upstream is told to call the mirror, which keeps what comes and hands the
 * same bytes to the caller's own `callback_url` (see callback-delivery.ts).
 */

import { randomBytes } from 'node:crypto';
import { applyEdits, modify } from 'jsonc-parser';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import type { Store } from '../store/contract/store.ts';
import { getOwn, getOwnString, isObject } from '../task/json-object.ts';
import type { Generation } from '../upstream/client.ts';

export interface CallbackDeps {
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
export async function rewriteCallbackUrl(deps: CallbackDeps, generation: Generation): Promise<Sent> {
  if (deps.callbackUrl === undefined) return { generation };
  const text = Buffer.from(generation.body).toString();
  const wish = readCallbackTarget(text);
  if (!wish) return { generation };
  const key = randomBytes(24).toString('base64url');
  try {
    await deps.store.addCallback({ key, target: wish.target, nowMs: deps.clock.now() });
  } catch (error) {
    deps.log.error({ err: error }, 'could not note a callback; the upstream calls the caller itself');
    return { generation };
  }
  const url = `${deps.callbackUrl}${CALLBACK_PATH}/${key}`;
  const edited = applyEdits(text, modify(text, ['callback_url'], url, {}));
  return { generation: { ...generation, body: new TextEncoder().encode(edited) }, callbackKey: key };
}

/** Whether a request wants to be answered later, and where. */
function readCallbackTarget(text: string): { target: string | undefined } | undefined {
  const body = tryParseJson(text);
  if (!isObject(body)) return undefined; // the upstream will say what it thinks of it
  const target = getOwnString(body, 'callback_url') || undefined;
  return target !== undefined || getOwn(body, 'async') === true ? { target } : undefined;
}

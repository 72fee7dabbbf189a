/**
 * Callbacks for finished generations: the upstream is told to call the mirror, which stores the result and forwards it to
 * the caller's own `callback_url` (see callback-delivery.ts).
 */
import { applyEdits, modify } from 'jsonc-parser';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import { createRandomKey } from '../lib/random-key.ts';
import type { Store } from '../store/contract/store.ts';
import { findMemberProblem } from '../task/ambiguous-members.ts';
import { getOwn, getOwnString, isObject } from '../task/json-object.ts';
import { isTooDeep } from '../task/slices.ts';
import type { Generation } from '../upstream/client.ts';
import { collectBody } from './bodies.ts';

export interface CallbackDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The mirror's public URL; undefined means requests are sent unchanged. */
  readonly callbackUrl: string | undefined;
  /** The mirror's own token for the upstream. Without one it can't verify a callback, so requests are sent unchanged. */
  readonly upstreamToken: string | undefined;
}

/** Path prefix of callbacks, appended to the public URL. */
export const CALLBACK_PATH = '/callbacks';

/** A request as sent to the upstream. */
export interface PreparedGeneration {
  readonly generation: Generation;
  /** The key in its `callback_url`, if that was rewritten. */
  readonly callbackKey?: string;
  /** The caller's body, if it was rewritten. */
  readonly original?: string;
}

/**
 * Points `callback_url` at the mirror if the request has one or is `async`; every other byte stays unchanged.
 * If the caller's URL can't be stored, the request is sent unchanged.
 */
export async function rewriteCallbackUrl(
  deps: CallbackDeps,
  generation: Generation,
): Promise<PreparedGeneration> {
  if (deps.callbackUrl === undefined || deps.upstreamToken === undefined) return { generation };
  const body = await collectBody(generation.body);
  const unchanged = { generation: { ...generation, body } };
  const text = Buffer.from(body).toString();
  const callback = isTooDeep(text) ? undefined : readCallbackTarget(text);
  if (!callback || findMemberProblem(text) !== undefined) return unchanged;
  const key = createRandomKey();
  try {
    await deps.store.addCallback({ key, target: callback.target, nowMs: deps.clock.now() });
  } catch (error) {
    deps.log.error({ err: error }, 'could not store a callback; the upstream calls the caller directly');
    return unchanged;
  }
  const url = `${deps.callbackUrl}${CALLBACK_PATH}/${key}`;
  const edited = applyEdits(text, modify(text, ['callback_url'], url, {}));
  const rewritten = { ...generation, body: new TextEncoder().encode(edited) };
  return { generation: rewritten, callbackKey: key, original: text };
}

/** The callback target of a request that is answered later; undefined if it is answered directly. */
function readCallbackTarget(text: string): { target: string | undefined } | undefined {
  const body = tryParseJson(text);
  if (!isObject(body)) return undefined; // the upstream reports the error
  const target = getOwnString(body, 'callback_url') || undefined;
  return target !== undefined || getOwn(body, 'async') === true ? { target } : undefined;
}

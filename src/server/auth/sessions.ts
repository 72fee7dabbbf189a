/**
 * Sessions of browsers, which can't send an `authorization` header with an image or an event stream: a cookie that stands for a token.
 *
 * The cookie is the token, encrypted with a key that is stored in the database. So it survives restarts without a table of sessions,
 * ends with its token, and neither half is worth anything alone: the cookie does not reveal the token, and whoever reads the database
 * or a backup of it can't make cookies. Had the cookie only proven a token's digest, which is stored, they could.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { parse, serialize } from 'hono/utils/cookie';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/contract/store.ts';

export interface Sessions {
  /**
   * Begins a session.
   * @param options.endsAtMs when the token expires, if it does
   * @returns the value of `Set-Cookie`
   */
  begin(
    token: string,
    options: { readonly endsAtMs: number | undefined; readonly isSecure: boolean },
  ): Promise<string>;
  /** The value of `Set-Cookie` that removes the cookie. */
  end(options: { readonly isSecure: boolean }): Promise<string>;
  /** The token of the session in a `Cookie` header; undefined if there is none, or if it has ended. */
  findToken(cookies: string): Promise<string | undefined>;
}

/** How long a session lasts at most. */
export const SESSION_MS = 30 * 24 * 3_600_000;
const CHECKPOINT = 'session-key';
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of the time at which a session ends. */
const TIME_BYTES = 6;
/** Browsers share cookies among the ports of a host, so each mirror has a name of its own for its cookie. */
const NAME_PREFIX = 'flux_mirror_';

interface SessionKey {
  readonly bytes: Buffer;
  readonly cookieName: string;
}

export function createSessions(
  basePath: string,
  {
    store,
    clock,
  }: { store: Pick<Store, 'readCheckpoint' | 'setCheckpoint' | 'addCheckpoint'>; clock: Clock },
): Sessions {
  let key: SessionKey | undefined;

  const readKey = async (): Promise<SessionKey | undefined> => {
    key ??= parseKey(await store.readCheckpoint(CHECKPOINT));
    return key;
  };
  const readOrCreateKey = async (): Promise<SessionKey> => {
    const known = await readKey();
    if (known) return known;
    const created = randomBytes(KEY_BYTES);
    // Another server may have made one meanwhile, and cookies are for all servers.
    key = parseKey(await store.addCheckpoint(CHECKPOINT, created.toString('hex')));
    if (key) return key;
    await store.setCheckpoint(CHECKPOINT, created.toString('hex')); // damage has altered the one that was there
    key = createKey(created);
    return key;
  };
  const formatCookie = (
    name: string,
    value: string,
    { maxAge, isSecure }: { maxAge: number; isSecure: boolean },
  ) =>
    serialize(name, value, {
      path: basePath,
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecure,
      maxAge,
    });

  return {
    begin: async (token, { endsAtMs, isSecure }) => {
      const { bytes, cookieName } = await readOrCreateKey();
      const nowMs = clock.now();
      const endMs = Math.min(nowMs + SESSION_MS, endsAtMs ?? Number.POSITIVE_INFINITY);
      const maxAge = Math.floor((endMs - nowMs) / 1000);
      return formatCookie(cookieName, seal(bytes, token, endMs), { maxAge, isSecure });
    },
    end: async ({ isSecure }) => {
      const { cookieName } = (await readKey()) ?? { cookieName: NAME_PREFIX };
      return formatCookie(cookieName, '', { maxAge: 0, isSecure });
    },
    findToken: async (cookies) => {
      if (!cookies.includes(NAME_PREFIX)) return undefined;
      const known = await readKey();
      if (!known) return undefined;
      const sealed = parse(cookies, known.cookieName)[known.cookieName];
      const session = sealed === undefined ? undefined : unseal(known.bytes, sealed);
      return session && clock.now() < session.endMs ? session.token : undefined;
    },
  };
}

/** A key that damage has altered is none: signing in makes another. */
function parseKey(text: string | undefined): SessionKey | undefined {
  const bytes = Buffer.from(text ?? '', 'hex');
  return bytes.length === KEY_BYTES ? createKey(bytes) : undefined;
}

function createKey(bytes: Buffer): SessionKey {
  return { bytes, cookieName: `${NAME_PREFIX}${hash('sha256', bytes, 'hex').slice(0, 8)}` };
}

function seal(key: Buffer, token: string, endMs: number): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(Math.floor(endMs), 0, TIME_BYTES);
  const encrypted = Buffer.concat([cipher.update(time), cipher.update(token), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url');
}

/** @returns undefined for anything that was not sealed with this key */
function unseal(key: Buffer, sealed: string): { token: string; endMs: number } | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES + TIME_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const decrypted = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined; // forged, altered, or of another mirror
  }
  return {
    endMs: decrypted.readUIntBE(0, TIME_BYTES),
    token: decrypted.subarray(TIME_BYTES).toString(),
  };
}

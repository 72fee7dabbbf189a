/** Translates PostgreSQL's conditions and those of the connection to the contract's StoreError. */
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { getErrorCode } from '../../lib/errno.ts';
import { StoreError, type StoreErrorCode } from '../contract/errors.ts';

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const MEANINGS: readonly [sqlState: RegExp, code: StoreErrorCode][] = [
  // Lost conflicts and waits, a statement that took too long, no connection left, no memory.
  [/^(40P01|40001|55P03|57014|25P0[34]|53300|53200)$/, 'busy'],
  [/^53100$/, 'full'],
  [/^(25006|42501)$/, 'read-only'],
  [/^XX00[12]$/, 'damaged'],
  // A lost connection, a server that stops or starts, or does not let anybody or the user in; a failing disk.
  [/^(08...|57P0[1-5]|28...|3D000|55000|58...)$/, 'unreachable'],
];

const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  busy: 'PostgreSQL is too busy, or somebody locks its tables; try again later',
  full: "free some space on PostgreSQL's disk and try again; what was stored before is kept",
  'read-only':
    'the role of FLUX_MIRROR_DATABASE_URL must be allowed to write, in a database that is no replica',
  damaged: 'restore a backup of PostgreSQL',
  unreachable: 'does PostgreSQL run where FLUX_MIRROR_DATABASE_URL says?',
};

const TLS_ADVICE =
  'in FLUX_MIRROR_DATABASE_URL, sslrootcert=/path names the authority of its certificate; sslmode=disable sends all in the clear';
/** Of the certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const TLS_CODES =
  /^(ERR_TLS_.+|CERT_.+|SELF_SIGNED_.+|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_.+|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/;
const NO_TLS = /^The server does not support SSL/;

/** Of the operating system and of `pg`, which has no codes for its own errors. */
const CONNECTION_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** The error of PostgreSQL, or of the connection to it: Drizzle's own tells of every parameter. */
export function unwrapError(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}

/** The store error code of an error, translated or not; undefined for an unrelated error. */
export function getErrorMeaning(error: unknown): StoreErrorCode | undefined {
  const own = unwrapError(error);
  if (own instanceof StoreError) return own.code;
  if (isConnectionLost(own)) return 'unreachable';
  const sqlState = getSqlState(own);
  return sqlState === undefined ? undefined : MEANINGS.find(([state]) => state.test(sqlState))?.[1];
}

/** Whether the connection is gone, or can't be made: whether a COMMIT that was under way has happened is not known. */
export function isConnectionLost(error: unknown): boolean {
  const own = unwrapError(error);
  const sqlState = getSqlState(own);
  if (sqlState !== undefined) return /^(08...|57P0[123])$/.test(sqlState);
  if (own instanceof AggregateError) return own.errors.some(isConnectionLost); // several addresses of one host
  if (!(own instanceof Error)) return false;
  return (
    CONNECTION_CODES.test(getErrorCode(own) ?? '') ||
    CONNECTION_MESSAGES.test(own.message) ||
    concernsTls(own)
  );
}

function concernsTls(error: Error): boolean {
  return TLS_CODES.test(getErrorCode(error) ?? '') || NO_TLS.test(error.message);
}

/** Whether a transaction has lost against others, and may be repeated as it is. */
export function isConflict(error: unknown): boolean {
  return /^(40P01|40001)$/.test(getSqlState(unwrapError(error)) ?? '');
}

/** Whether one row is the cause of an error, rather than the database: a value that doesn't fit, or a constraint. */
export function concernsOneRow(error: unknown): boolean {
  const sqlState = getSqlState(unwrapError(error));
  return sqlState === undefined ? getErrorMeaning(error) === undefined : /^(22|23|54)/.test(sqlState);
}

/** @returns the StoreError for a known condition; any other error as PostgreSQL gave it */
export function translateError(error: unknown): unknown {
  const own = unwrapError(error);
  const code = getErrorMeaning(own);
  return code === undefined || own instanceof StoreError || !(own instanceof Error)
    ? own
    : new StoreError(code, describeError(own), {
        cause: own,
        advice: concernsTls(own) ? TLS_ADVICE : ADVICE[code],
      });
}

/** Yields the same values and translates errors. */
export async function* translateStream<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    throw translateError(error);
  }
}

/** One line, without the address or the password of the database. */
export function describeError(error: unknown): string {
  const own = unwrapError(error);
  if (own instanceof AggregateError) return describeError(own.errors[0]);
  return own instanceof Error ? own.message : String(own);
}

function getSqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

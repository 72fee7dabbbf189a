/** The `code` of an error, as Node, the operating system and libraries set it: `ENOENT`, `ERR_…`, `Z_DATA_ERROR`. */
import { getSystemErrorMap } from 'node:util';

/** The error's code as text; undefined if it is not an error or has none. */
export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Whether `error` is an error with one of these codes. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): error is Error & { code: string } {
  const code = getErrorCode(error);
  return code !== undefined && codes.includes(code);
}

/** What the operating system's and Node's own words don't say well, or at all. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ENOTEMPTY: 'the folder is not empty',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk fails',
  EROFS: 'the disk is read-only',
  EXDEV: 'it is on another disk',
  EPIPE: 'its reader has gone',
  ENOTFOUND: 'its name was not found',
  EAI_AGAIN: 'its name could not be looked up now',
  ERR_STREAM_PREMATURE_CLOSE: 'it ended too early',
  UND_ERR_SOCKET: 'connection closed',
};

/** Plain words for an error of the operating system or of Node: `permission denied`, never `EACCES`. */
export function describeReason(error: unknown): string {
  const code = getErrorCode(error);
  return code === undefined ? 'unknown reason' : describeErrorCode(code);
}

/** As `describeReason`, for the code alone. */
export function describeErrorCode(code: string): string {
  const known = REASONS[code] ?? systemMessages().get(code);
  if (known !== undefined) return known;
  const words = code
    .replace(/^(ERR|UND_ERR|HPE)_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  // An unknown word of the system explains nothing.
  return /^e[a-z0-9]+$/.test(words) ? 'unknown reason' : words;
}

/** Replaces the codes in a recorded error, `could not be fetched (ENOTFOUND)`, by words. */
export function explainErrorCodes(text: string): string {
  return text.replace(
    /\(((?:E|ERR_|UND_ERR_)[A-Z][A-Z0-9_]+)\)/g,
    (_, code: string) => `(${describeErrorCode(code)})`,
  );
}

function systemMessages(): ReadonlyMap<string, string> {
  return new Map(getSystemErrorMap().values());
}

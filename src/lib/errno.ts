/** The `code` of an error, as Node, the operating system and libraries set it: `ENOENT`, `ERR_…`, `Z_DATA_ERROR`. */

/** The error's code as text; undefined if it is not an error or has none. */
export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Whether `error` is an error with this code. */
export function hasErrorCode(error: unknown, code: string): error is Error & { code: string } {
  return getErrorCode(error) === code;
}

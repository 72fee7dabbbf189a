/** The `code` of an error, as Node, the operating system and libraries set it: `ENOENT`, `ERR_…`, `Z_DATA_ERROR`. */

/** The error's code as text; undefined if it is not an error or has none. */
export function getErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Whether `error` is an error with one of these codes. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): error is Error & { code: string } {
  const code = getErrorCode(error);
  return code !== undefined && codes.includes(code);
}

/** Where a page ended, as an opaque text that survives a restart. */

/** @param position of the last hit  @param sort the order it belongs to: a cursor of one order means nothing in another */
export function encodeCursor(position: number, sort: string): string {
  return Buffer.from(`${sort}:${position}`).toString('base64url');
}

/** @returns the position; undefined when it is no cursor of this order */
export function decodeCursor(cursor: string, sort: string): number | undefined {
  const [, order, digits] =
    /^([a-z]+):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  return order === sort && digits !== undefined ? Number(digits) : undefined;
}

/** A file can't be read or written as asked; the message names it, for the person who named it. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
}

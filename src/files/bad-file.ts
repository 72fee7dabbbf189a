/** A file can't be read or written as asked; the message names it, for the person who named it. */
import { OperatorError } from '../lib/operator-error.ts';

export class BadFile extends OperatorError {
  override readonly name = 'BadFile';
}

/** A file can't be read or written; the message names it, for the person who passed it. */
import { OperatorError } from '../lib/operator-error.ts';

export class BadFile extends OperatorError {
  override readonly name = 'BadFile';
}

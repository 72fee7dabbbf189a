/** An error that was to be expected, and that the person who runs the mirror can do something about. */

/** Its message is for that person: it names what is wrong and what helps. Commands print it as one line, without a stack. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

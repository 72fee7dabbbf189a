/** An expected error that the operator of the mirror can do something about. */

/** Its message is for the operator: what is wrong and what helps. Commands print it as one line, without a stack. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}

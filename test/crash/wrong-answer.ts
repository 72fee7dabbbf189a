/** A client got an answer that no mirror gives, dead or alive: the test fails. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

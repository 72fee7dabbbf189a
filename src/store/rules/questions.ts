/** Runs what decides by answers of the database, and is the same for engines that answer at once and for those that take a moment. */

/** Work that yields its questions, and gets the answers. */
export type Questions<Question, Answer, Result> = Generator<Question, Result, Answer>;

export function answerNow<Question, Answer, Result>(
  work: Questions<Question, Answer, Result>,
  answer: (question: Question) => Answer,
): Result {
  let step = work.next();
  while (!step.done) step = work.next(answer(step.value));
  return step.value;
}

export async function answerLater<Question, Answer, Result>(
  work: Questions<Question, Answer, Result>,
  answer: (question: Question) => Promise<Answer>,
): Promise<Result> {
  let step = work.next();
  while (!step.done) step = work.next(await answer(step.value));
  return step.value;
}

/**
 * Runs work that asks questions in the middle, and can't wait for answers, against a database that takes a moment for each: it runs
 * without those that are not known yet, all of its questions are answered together, and it runs again, until it asks nothing new. The
 * work must be pure and quick, and assume something for what has no answer yet.
 */
export async function gatherAnswers<Question, Answer, Result>(
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  work: (ask: (question: Question) => Answer | undefined) => Result,
): Promise<Result> {
  const known = new Map<string, Answer>();
  for (;;) {
    const asked = new Map<string, Question>();
    const result = work((question) => {
      const key = JSON.stringify(question);
      if (!known.has(key)) asked.set(key, question);
      return known.get(key);
    });
    if (asked.size === 0) return result;
    const answers = await answerAll([...asked.values()]);
    for (const [at, key] of [...asked.keys()].entries()) {
      const answer = answers[at];
      if (answer === undefined) throw new Error('not all questions were answered');
      known.set(key, answer);
    }
  }
}

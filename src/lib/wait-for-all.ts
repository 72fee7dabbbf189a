/**
 * Waits until all have ended, also when one of them fails: what follows, a rollback for example, must not be overtaken by the others.
 * @throws the error of the one that failed first
 */
export async function waitForAll<Results extends readonly unknown[]>(
  work: {
    readonly [Name in keyof Results]: Promise<Results[Name]>;
  },
): Promise<{ -readonly [Name in keyof Results]: Results[Name] }> {
  const all = Promise.all(work);
  await Promise.allSettled([all, ...work]);
  return all;
}

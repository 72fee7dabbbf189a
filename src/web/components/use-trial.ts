/** For controls that do something which may fail: what went wrong is shown where it was tried. */
import { useSignal } from '@preact/signals';

/** Why something was not done, in words; undefined: it was done. */
export type Problem = string | undefined;

export interface Trial {
  readonly problem: Problem;
  readonly isBusy: boolean;
  /** @returns whether it was done */
  attempt(run: () => Promise<Problem>): Promise<boolean>;
}

export function useTrial(): Trial {
  const problem = useSignal<Problem>(undefined);
  const isBusy = useSignal(false);
  return {
    problem: problem.value,
    isBusy: isBusy.value,
    attempt: async (run) => {
      if (isBusy.peek()) return false;
      isBusy.value = true;
      problem.value = undefined;
      try {
        problem.value = await run();
      } finally {
        isBusy.value = false;
      }
      return problem.peek() === undefined;
    },
  };
}

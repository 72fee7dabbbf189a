/** What a test measured, for the table that `npm run faults` prints. */
import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** For people: `0 of 1,234 lost`. */
    figure?: string;
  }
}

/** Shows a figure beside the row of the matrix that the test stands for. Called last, so that a failure shows none. */
export function showFigure({ task }: Pick<TestContext, 'task'>, figure: string): void {
  task.meta.figure = figure;
}

/** Why an object store does not work now, by what was tried last of each kind. */
import { ObjectStoreError } from './errors.ts';

export type Operation = 'list' | 'read' | 'write';

export interface ProblemTracker {
  /** Notes whether the work succeeds. @throws what it throws */
  track<T>(operation: Operation, work: () => Promise<T>): Promise<T>;
  /** Undefined while everything works. */
  readProblem(): ObjectStoreError | undefined;
}

export function createProblemTracker(): ProblemTracker {
  const problems = new Map<Operation, ObjectStoreError>();

  const noteSuccess = (operation: Operation): void => {
    problems.delete(operation);
    // It answers again. Whether it also allows the others, they will show.
    for (const [other, { code }] of problems) if (code !== 'refused') problems.delete(other);
  };

  return {
    track: async (operation, work) => {
      try {
        const result = await work();
        noteSuccess(operation);
        return result;
      } catch (error) {
        if (error instanceof ObjectStoreError) problems.set(operation, error);
        throw error;
      }
    },
    readProblem: () => problems.get('write') ?? problems.get('read') ?? problems.get('list'),
  };
}

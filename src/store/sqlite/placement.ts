/** Gives new rows their positions, and remembers how far behind its time's slot the furthest one stands. */
import type { Metadata } from './metadata.ts';
import { computeSlot, findFreePosition } from './position.ts';
import type { TaskStatements } from './task-statements.ts';

export interface Placement {
  /** Within a transaction: a free position for a task that was created then. */
  findPosition(createdAtMs: number): number;
  /** After a transaction that was rolled back: what it remembered is not stored. */
  rollBack(): void;
}

export function createPlacement(statements: Pick<TaskStatements, 'highest'>, metadata: Metadata): Placement {
  const readMaxDisplacement = () => Number(metadata.get('drift') ?? 0);
  let maxDisplacement = readMaxDisplacement();

  return {
    findPosition: (createdAtMs) => {
      const position = findFreePosition(
        createdAtMs,
        (from, to) => statements.highest.get(from, to)?.highest ?? null,
      );
      if (position - computeSlot(createdAtMs) > maxDisplacement) {
        // Another process may have gone further meanwhile.
        maxDisplacement = Math.max(position - computeSlot(createdAtMs), readMaxDisplacement());
        metadata.set('drift', String(maxDisplacement));
      }
      return position;
    },
    rollBack: () => {
      maxDisplacement = readMaxDisplacement();
    },
  };
}

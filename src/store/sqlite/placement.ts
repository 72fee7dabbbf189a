/** Gives new rows their positions, and remembers how far behind its time's slot the furthest one stands. */
import type { Metadata } from './metadata.ts';
import { computeSlot, freePosition } from './position.ts';
import type { TaskStatements } from './task-statements.ts';

export interface Placement {
  /** Within a transaction: a free position for a task that was created then. */
  findPosition(createdAtMs: number): number;
  /** After a transaction that was rolled back: what it remembered is not stored. */
  rollBack(): void;
}

export function createPlacement(statements: Pick<TaskStatements, 'highest'>, facts: Metadata): Placement {
  const readMaxDisplacement = () => Number(facts.get('drift') ?? 0);
  let drift = readMaxDisplacement();

  return {
    findPosition: (createdAtMs) => {
      const position = freePosition(
        createdAtMs,
        (from, to) => statements.highest.get(from, to)?.highest ?? null,
      );
      if (position - computeSlot(createdAtMs) > drift) {
        // Another process may have gone further meanwhile.
        drift = Math.max(position - computeSlot(createdAtMs), readMaxDisplacement());
        facts.set('drift', String(drift));
      }
      return position;
    },
    rollBack: () => {
      drift = readMaxDisplacement();
    },
  };
}

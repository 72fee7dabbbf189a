/** Gives new rows their positions, and remembers how far behind its time's slot the furthest one stands. */
import type { Facts } from './facts.ts';
import { freePosition, slotOf } from './position.ts';
import type { TaskStatements } from './task-statements.ts';

export interface Placement {
  /** Within a transaction: a free position for a task that was created then. */
  findPosition(createdAtMs: number): number;
  /** After a transaction that was rolled back: what it remembered is not stored. */
  rollBack(): void;
}

export function createPlacement(statements: Pick<TaskStatements, 'highest'>, facts: Facts): Placement {
  const storedDrift = () => Number(facts.get('drift') ?? 0);
  let drift = storedDrift();

  return {
    findPosition: (createdAtMs) => {
      const position = freePosition(
        createdAtMs,
        (from, to) => statements.highest.get(from, to)?.highest ?? null,
      );
      if (position - slotOf(createdAtMs) > drift) {
        // Another process may have gone further meanwhile.
        drift = Math.max(position - slotOf(createdAtMs), storedDrift());
        facts.set('drift', String(drift));
      }
      return position;
    },
    rollBack: () => {
      drift = storedDrift();
    },
  };
}

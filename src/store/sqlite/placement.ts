/** Assigns positions to new rows, and records how far any position is above the slot of its time at most. */
import type { Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';
import { computeSlot, findFreePosition } from './position.ts';
import type { TaskStatements } from './task-statements.ts';

export interface Placement {
  /** Inside a transaction: finds a free position for a task created at this time. */
  findPosition(createdAtMs: number): number;
  /** Call after a rolled-back transaction: drops what it recorded, which was not stored. */
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
        // Another process may have raised it in the meantime.
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

/** How far any task's position is above the slot of its time at most. */
export function computeMaxDisplacement({ raw }: Sqlite): number {
  const rows = raw.prepare<[], { position: number; createdAt: number }>(
    'SELECT position, created_at AS createdAt FROM tasks',
  );
  let maxDisplacement = 0;
  for (const { position, createdAt } of rows.iterate())
    maxDisplacement = Math.max(maxDisplacement, position - computeSlot(createdAt));
  return maxDisplacement;
}

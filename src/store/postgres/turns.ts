/** Turns as rows that expire. */
import type { TurnStore } from '../contract/turns.ts';
import type { Postgres } from './database.ts';

export function createTurnStore(db: Postgres): TurnStore {
  return {
    takeTurn: async (name, { nowMs, forMs }) => {
      const taken = await db.execute(
        `INSERT INTO turns (name, holder, until) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE turns.until <= $4 OR turns.holder = excluded.holder`,
        [name, db.server, Math.ceil(nowMs + forMs), nowMs],
      );
      return taken > 0;
    },
    endTurn: async (name) => {
      await db.execute('DELETE FROM turns WHERE name = $1 AND holder = $2', [name, db.server]);
    },
  };
}

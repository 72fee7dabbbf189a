/** The state of the circuit breaker as one metadata value, changed by one process at a time. */
import type { CircuitStore } from '../contract/circuit.ts';
import { isCoolingDown, isOpen, type OpenCircuit, openAfter } from '../contract/circuit.ts';
import { parseCircuit, serializeCircuit } from '../rules/circuit-record.ts';
import type { Postgres, Queryable } from './database.ts';
import { clearMetadata, readMetadata, setMetadata } from './metadata.ts';
import { runInTransaction } from './transaction.ts';

const LOCK = { names: ['circuit'] };

export function createCircuitStore(db: Postgres): CircuitStore {
  const read = async (from: Queryable): Promise<OpenCircuit | undefined> =>
    parseCircuit(await readMetadata(from, 'circuit'));
  return {
    openCircuit: (failure) =>
      runInTransaction(db, LOCK, async (tx) => {
        const before = await read(tx);
        const circuit = openAfter(before, failure);
        if (circuit !== before) await setMetadata(tx, 'circuit', serializeCircuit(circuit));
        return circuit;
      }),
    closeCircuit: async (nowMs) => {
      // Called after every batch, and almost always closed: no transaction for that.
      if ((await read(db)) === undefined) return false;
      return runInTransaction(db, LOCK, async (tx) => {
        const circuit = await read(tx);
        if (!circuit || isCoolingDown(circuit, nowMs)) return false;
        await clearMetadata(tx, 'circuit');
        return true;
      });
    },
    readCircuit: async (nowMs) => {
      const circuit = await read(db);
      return circuit && isOpen(circuit, nowMs) ? circuit : undefined;
    },
  };
}

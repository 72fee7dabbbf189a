/** The state of the circuit breaker as one metadata value, changed in transactions. */
import {
  type CircuitFailure,
  isCoolingDown,
  isOpen,
  type OpenCircuit,
  openAfter,
} from '../contract/circuit.ts';
import { parseCircuit, serializeCircuit } from '../rules/circuit-record.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';

export interface SqliteCircuitStore {
  openCircuit(failure: CircuitFailure): OpenCircuit;
  closeCircuit(nowMs: number): boolean;
  readCircuit(nowMs: number): OpenCircuit | undefined;
}

export function createCircuitStore(db: Sqlite, metadata: Metadata): SqliteCircuitStore {
  const read = (): OpenCircuit | undefined => parseCircuit(metadata.get('block'));
  return {
    openCircuit: (failure) =>
      runInTransaction(db, () => {
        const before = read();
        const circuit = openAfter(before, failure);
        if (circuit !== before) metadata.set('block', serializeCircuit(circuit));
        return circuit;
      }),
    closeCircuit: (nowMs) => {
      // Called after every batch, and almost always closed: no write lock for that.
      if (read() === undefined) return false;
      return runInTransaction(db, () => {
        const circuit = read();
        if (!circuit || isCoolingDown(circuit, nowMs)) return false;
        metadata.clear('block');
        return true;
      });
    },
    readCircuit: (nowMs) => {
      const circuit = read();
      return circuit && isOpen(circuit, nowMs) ? circuit : undefined;
    },
  };
}

/** The state of the circuit breaker as one metadata value, changed in transactions. */
import * as z from 'zod';
import { tryParseJson } from '../../lib/parse-json.ts';
import {
  type CircuitFailure,
  isCoolingDown,
  isOpen,
  type OpenCircuit,
  openAfter,
} from '../contract/circuit.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';

/** Of JavaScript's dates. */
const MAX_DATE_MS = 8.64e15;

const circuitSchema = z.object({
  untilMs: z.number().max(MAX_DATE_MS),
  reason: z.enum(['rate-limited', 'rejected', 'unreachable']),
  message: z.string(),
  times: z.number(),
});

export interface SqliteCircuitStore {
  openCircuit(failure: CircuitFailure): OpenCircuit;
  closeCircuit(nowMs: number): boolean;
  readCircuit(nowMs: number): OpenCircuit | undefined;
}

export function createCircuitStore(db: Sqlite, metadata: Metadata): SqliteCircuitStore {
  const read = (): OpenCircuit | undefined => {
    // What damage made unreadable counts as closed: the next failure opens it again.
    return circuitSchema.safeParse(tryParseJson(metadata.get('block') ?? 'null')).data;
  };
  return {
    openCircuit: (failure) =>
      runInTransaction(db, () => {
        const before = read();
        const circuit = openAfter(before, failure);
        if (circuit !== before) metadata.set('block', JSON.stringify(circuit));
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

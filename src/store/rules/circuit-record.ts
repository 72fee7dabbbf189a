/** The state of the circuit breaker as a stored text. */
import * as z from 'zod';
import { tryParseJson } from '../../lib/parse-json.ts';
import type { OpenCircuit } from '../contract/circuit.ts';

/** Of JavaScript's dates. */
const MAX_DATE_MS = 8.64e15;

const circuitSchema = z.object({
  untilMs: z.number().max(MAX_DATE_MS),
  reason: z.enum(['rate-limited', 'rejected', 'unreachable']),
  message: z.string(),
  times: z.number(),
});

/** What damage made unreadable counts as closed: the next failure opens it again. */
export function parseCircuit(text: string | undefined): OpenCircuit | undefined {
  return circuitSchema.safeParse(tryParseJson(text ?? 'null')).data;
}

export function serializeCircuit(circuit: OpenCircuit): string {
  return JSON.stringify(circuit);
}

/** Seeds as text, because some exceed 64 bits: digits without leading zeros. */

/** @param seed decimal digits with an optional minus sign; anything else stays, and no task has it */
export function normalizeSeed(seed: string): string {
  return /^-?\d+$/.test(seed) ? BigInt(seed).toString() : seed;
}

/** The columns of names: as it is shown, and as it is compared. */
import { foldName, normalizeName } from '../../task/entry-name.ts';

/** Whether the columns of a row of a foreign or damaged database are those of a name. */
export function areNameColumns(name: unknown, folded: unknown): boolean {
  if (typeof name !== 'string') return false;
  try {
    return normalizeName(name) === name && foldName(name) === folded;
  } catch {
    return false; // what can be no name
  }
}

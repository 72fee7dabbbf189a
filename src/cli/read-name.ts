/** The names that are given to collections and saved searches. */
import { InvalidName, normalizeName } from '../task/entry-name.ts';
import { CommandFailed, EXIT } from './failure.ts';

/** @throws CommandFailed for a text that can't be a name */
export function readName(text: string): string {
  try {
    return normalizeName(text);
  } catch (error) {
    if (error instanceof InvalidName) throw new CommandFailed(error.message, EXIT.usage);
    throw error;
  }
}

/** Reads the text of a note from an argument, or from standard input. */
import { normalizeNote } from '../task/note.ts';
import { CommandFailed, EXIT } from './failure.ts';

/**
 * @param text the note; `-`: it is on standard input
 * @param maxLength UTF-16 units
 * @throws CommandFailed for a text that can't be a note
 */
export async function readNote(text: string, maxLength: number): Promise<string> {
  const given = text === '-' ? await readStandardInput(maxLength) : text;
  if (given.length > maxLength) throw createTooLong(maxLength);
  const note = normalizeNote(given);
  if (note === '') throw new CommandFailed('the note is empty; --remove removes one', EXIT.usage);
  return note;
}

/** Without the line break at its end. Reads no more than a note can have. */
async function readStandardInput(maxLength: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for await (const chunk of process.stdin) {
      text += decoder.decode(chunk as Buffer, { stream: true });
      if (text.length > maxLength + 2) throw createTooLong(maxLength);
    }
    text += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new CommandFailed('standard input is not UTF-8', EXIT.usage);
    throw error;
  }
  return text.replace(/\r?\n$/, '');
}

function createTooLong(maxLength: number): CommandFailed {
  return new CommandFailed(`a note has at most ${maxLength} characters`, EXIT.usage);
}

/** Output of commands: results on standard output, everything else on standard error. */
import { cleanLines, escapeControls } from '../lib/clean-text.ts';
import { adaptCommands, readLaunch } from './launch.ts';

/** One line of a result. Control characters in it are replaced: most results contain text of others. */
export function print(line: string): void {
  process.stdout.write(`${cleanLines(line)}\n`);
}

/** A line with styles of our own; the text of others in it must be cleaned already. */
export function printStyled(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A document: byte for byte for other programs, cleaned for a terminal. */
export function printDocument(text: string): void {
  if (process.stdout.isTTY) print(text);
  else process.stdout.write(`${text}\n`);
}

/** A result as JSON, for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${escapeControls(JSON.stringify(value, null, 2))}\n`);
}

/** A note for the person at the terminal. Commands in it fit how the program was started. */
export function printNote(line: string): void {
  process.stderr.write(`${cleanLines(adaptCommands(line, readLaunch()))}\n`);
}

/** `1,030`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** `1 id`, `2 ids`, `1,030 ids`. */
export function pluralize(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12.3 MB`, in decimal megabytes. */
export function formatMegabytes(bytes: number): string {
  const megabytes = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${(bytes / 1e6).toLocaleString('en', megabytes)} MB`;
}

/** Printed after a restore or a rebuild that could not read all tokens. */
export const LOST_TOKENS =
  'not all tokens could be read, so callers need one now: recreate those that `flux-mirror token list` does not show';

/** Search hits as a table for a terminal: what matched is marked, and a line never breaks. */
import { styleText } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import type { SearchHit } from '../views/search-schema.ts';

/** Of the id, enough to look it up with `id:2db0168c*`. */
const SHORT_ID = 8;
/** Columns left of the first match when the prompt must be cut there, as a share of the room. */
const LEAD = 0.25;

type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** What the table is made for. */
export interface Terminal {
  /** Its width. */
  readonly columns: number;
  readonly hasColors: boolean;
}

/** One line a hit. */
export function formatHitTable(
  hits: readonly SearchHit[],
  { columns, hasColors }: Terminal,
  timeZone?: string,
): string[] {
  const applyStyle: Style = (format, text) =>
    hasColors ? styleText(format, text, { validateStream: false }) : text;
  const modelWidth = Math.max(0, ...hits.map(({ model }) => stringWidth(model ?? '-')));
  return hits.map((hit) => {
    const count = hit.group && hit.group.count > 1 ? `${hit.group.count}× ` : '';
    const head = [
      formatLocalTime(hit.created_at, timeZone),
      cliTruncate(hit.id.slice(0, SHORT_ID), SHORT_ID).padEnd(SHORT_ID),
      formatState(hit.state, applyStyle),
      (hit.model ?? '-') + ' '.repeat(modelWidth - stringWidth(hit.model ?? '-')),
    ].join('  ');
    const room = Math.max(20, columns - stringWidth(head) - 2 - stringWidth(count));
    return `${head}  ${count}${highlightPrompt(hit, room, applyStyle)}`;
  });
}

/** `2026-03-14 12:00` where the person is. */
function formatLocalTime(iso: string, timeZone: string | undefined): string {
  return new Date(iso).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
}

function formatState(state: SearchHit['state'], style: Style): string {
  const color = { succeeded: 'green', failed: 'red', pending: 'yellow' } as const;
  return style(color[state], state.padEnd('succeeded'.length));
}

/** The prompt from about its first match on, matches marked, cut to the room there is. Wide characters count as two. */
function highlightPrompt({ prompt, highlights }: SearchHit, room: number, style: Style): string {
  // One character for one: the offsets must stay.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a prompt must not steer the terminal
  const line = prompt.replace(/[\s\u0000-\u001f\u007f-\u009f]/g, ' ');
  const first = highlights[0]?.[0] ?? 0;
  const isFar = stringWidth(line.slice(0, highlights[0]?.[1] ?? 0)) > room - 1;
  const start = isFar ? first - truncateStart(line.slice(0, first), room * LEAD).length : 0;
  let text = isFar ? '…' : '';
  let at = start;
  for (const [from, to] of highlights) {
    text += line.slice(at, from) + style(['bold', 'underline'], line.slice(from, to));
    at = to;
  }
  text += line.slice(at);
  // It counts the ellipsis for one column too few where it falls upon a wide character.
  const cut = cliTruncate(text, room);
  return stringWidth(cut) > room ? cliTruncate(text, room - 1) : cut;
}

/** The longest end of a text that takes no more than so many columns. */
function truncateStart(text: string, columns: number): string {
  let tail = '';
  for (const character of Array.from(text).reverse()) {
    if (stringWidth(character + tail) > columns) break;
    tail = character + tail;
  }
  return tail;
}

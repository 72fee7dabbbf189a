/** Formats search hits as a table for a terminal: matches are highlighted, and lines never wrap. */
import { styleText } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { cleanField } from '../lib/clean-text.ts';
import { MAX_RATING } from '../task/marks.ts';
import type { SearchHit } from '../views/search-schema.ts';

/** Characters of the id that are shown: enough to look it up with `id:2db0168c*`. */
const SHORT_ID_LENGTH = 8;
/** Context shown before the first match when the start of the prompt is cut off, as a share of the prompt's width. */
const LEADING_CONTEXT = 0.25;
const MIN_PROMPT_WIDTH = 20;
/** What marks may always take of the prompt's width. */
const MARKS_SHARE = 1 / 3;

type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export interface Terminal {
  /** Width in characters. */
  readonly columns: number;
  readonly hasColors: boolean;
}

/** @returns one line per hit */
export function formatHitTable(
  hits: readonly SearchHit[],
  { columns, hasColors }: Terminal,
  timeZone?: string,
): string[] {
  const applyStyle: Style = (format, text) =>
    hasColors ? styleText(format, text, { validateStream: false }) : text;
  const models = hits.map(({ model }) => cleanField(model ?? '-'));
  const modelWidth = Math.max(0, ...models.map((model) => stringWidth(model)));
  return hits.map((hit, at) => {
    const model = models[at] ?? '-';
    const count = hit.group && hit.group.count > 1 ? `${hit.group.count}× ` : '';
    const head = [
      formatLocalTime(hit.created_at, timeZone),
      cliTruncate(cleanField(hit.id.slice(0, SHORT_ID_LENGTH)), SHORT_ID_LENGTH).padEnd(SHORT_ID_LENGTH),
      formatState(hit.state, applyStyle),
      model + ' '.repeat(modelWidth - stringWidth(model)),
    ].join('  ');
    const width = Math.max(MIN_PROMPT_WIDTH, columns - stringWidth(head) - 2 - stringWidth(count));
    const unused = width - stringWidth(cleanField(hit.prompt.slice(0, width)));
    const marks = formatMarks(hit.marks, Math.max(unused, Math.floor(width * MARKS_SHARE)));
    const promptWidth = width - stringWidth(marks);
    return `${head}  ${count}${highlightPrompt(hit, promptWidth, applyStyle)}${applyStyle('dim', marks)}`;
  });
}

/** Behind the prompt: `  ★ 4/5 [poster, two words]`. Empty if there are none. */
function formatMarks(marks: SearchHit['marks'], width: number): string {
  if (!marks) return '';
  const { starred, rating, tags, note, hidden } = marks;
  const words = [
    starred ? '★' : '',
    rating > 0 ? `${rating}/${MAX_RATING}` : '',
    tags.length > 0 ? `[${cleanField(tags.join(', '))}]` : '',
    note === '' ? '' : '✎',
    hidden ? 'hidden' : '',
  ].filter((word) => word !== '');
  return cutToWidth(`  ${words.join(' ')}`, width);
}

/** `2026-03-14 12:00`, in the user's time zone. */
function formatLocalTime(iso: string, timeZone: string | undefined): string {
  return new Date(iso).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
}

function formatState(state: SearchHit['state'], style: Style): string {
  const color = { succeeded: 'green', failed: 'red', pending: 'yellow' } as const;
  return style(color[state], state.padEnd('succeeded'.length));
}

/** The prompt from around its first match on, with matches highlighted, cut to `width`. Wide characters count as two. */
function highlightPrompt({ prompt, highlights }: SearchHit, width: number, style: Style): string {
  const line = cleanField(prompt).replace(/\s/g, ' '); // one character for one, so that the offsets stay valid
  const first = highlights[0]?.[0] ?? 0;
  const isFar = stringWidth(line.slice(0, highlights[0]?.[1] ?? 0)) > width - 1;
  const start = isFar ? first - truncateStart(line.slice(0, first), width * LEADING_CONTEXT).length : 0;
  let text = isFar ? '…' : '';
  let at = start;
  for (const [from, to] of highlights) {
    text += line.slice(at, from) + style(['bold', 'underline'], line.slice(from, to));
    at = to;
  }
  text += line.slice(at);
  return cutToWidth(text, width);
}

function cutToWidth(text: string, width: number): string {
  // cli-truncate is off by one column when the ellipsis replaces half of a wide character.
  const cut = cliTruncate(text, width);
  return stringWidth(cut) > width ? cliTruncate(text, width - 1) : cut;
}

/** The longest suffix of a text that fits into `columns`. */
function truncateStart(text: string, columns: number): string {
  let tail = '';
  for (const character of Array.from(text).reverse()) {
    if (stringWidth(character + tail) > columns) break;
    tail = character + tail;
  }
  return tail;
}

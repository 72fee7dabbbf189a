/** The search and the filters of the wall as one query, which is what can be saved. */
import { formatOperator } from '../../../search/parser.ts';
import { getLastDay } from '../../../web/view/date-range.ts';
import { LISTS, type View } from '../../../web/view/url.ts';

/** Finds what the view shows, but for close matches. */
export function formatViewAsQuery(view: View): string {
  const { q, from, to, rating } = view;
  const filters = [
    ...LISTS.map((name) => joinAlternatives(name, view[name])),
    ...(rating === '' ? [] : [joinAlternatives('rating', rating.split(','))]),
    ...formatDates(from, to),
  ].filter((filter) => filter !== '');
  if (filters.length === 0) return q.trim();
  return [closeQuote(q.trim()), ...filters].join(' ').trim();
}

function joinAlternatives(name: string, values: readonly string[]): string {
  const all = values.map((value) => formatOperator(name, value)).join(' OR ');
  return values.length > 1 ? `(${all})` : all;
}

/** `after:` is from the start of its date on, as `from` is; `before:` ends with the start of its date, and `to` with the end. */
function formatDates(from: string, to: string): string[] {
  if (from !== '' && from === to) return [formatOperator('on', from)];
  return [
    ...(from === '' ? [] : [formatOperator('after', from)]),
    ...(to === '' ? [] : [formatOperator('before', findEnd(to))]),
  ];
}

/** The day after a year, month or day. An instant has no length. */
function findEnd(to: string): string {
  const last = new Date(`${getLastDay(to)}T00:00:00Z`);
  if (Number.isNaN(last.getTime())) return to;
  last.setUTCDate(last.getUTCDate() + 1);
  return last.toISOString().slice(0, 10);
}

/** An open phrase would take in what follows. */
function closeQuote(q: string): string {
  return q.split('"').length % 2 === 0 ? `${q}"` : q;
}

/** A row of the table of marks. */
import { tryParseJson } from '../../lib/parse-json.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import {
  applyMarkChange,
  areSameMarks,
  MAX_NOTE_CHARACTERS,
  MAX_RATING,
  NO_MARKS,
  normalizeMarkChange,
} from '../../task/marks.ts';
import type { TaskMarks } from '../contract/marks.ts';

/** The columns of marks, in the table of any engine. */
export interface MarkRow {
  readonly id: string;
  readonly isStarred: boolean;
  readonly rating: number;
  /** A JSON array of texts, sorted. */
  readonly tags: string;
  readonly note: string;
  readonly isHidden: boolean;
  readonly version: number;
  readonly changedAt: number;
}

export function parseMarkRow({
  id,
  isStarred,
  rating,
  tags,
  note,
  isHidden,
  version,
  changedAt,
}: MarkRow): TaskMarks {
  return {
    id: id as TaskId, // stored under an id
    starred: isStarred,
    rating,
    tags: JSON.parse(tags) as string[], // as it was written
    note,
    hidden: isHidden,
    version,
    changedAtMs: changedAt,
  };
}

/** Whether a row of a foreign or damaged database has marks that this mirror could have stored. */
export function isMarkRow({ id, rating, tags, note }: Readonly<Record<string, unknown>>): boolean {
  const list = typeof tags === 'string' ? tryParseJson(tags) : undefined;
  if (!Array.isArray(list) || !list.every((tag) => typeof tag === 'string')) return false;
  if (typeof note !== 'string' || note.length > MAX_NOTE_CHARACTERS) return false;
  const stars = Number(rating);
  if (parseTaskId(id) === undefined || !Number.isInteger(stars) || stars < 0 || stars > MAX_RATING)
    return false;
  try {
    return areSameMarks(
      { ...NO_MARKS, tags: list },
      applyMarkChange(NO_MARKS, normalizeMarkChange({ tags: list })),
    );
  } catch {
    return false; // tags that can't be some
  }
}

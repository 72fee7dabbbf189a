/** Marks of tasks as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { TaskMarks } from '../store/contract/marks.ts';
import { pickMarks } from '../task/marks.ts';
import type { TaskMarksView } from './marks-schema.ts';

export function serializeTaskMarks({ id, changedAtMs, ...marks }: TaskMarks): TaskMarksView {
  return { id, ...pickMarks(marks), changed_at: changedAtMs === 0 ? null : formatIsoTime(changedAtMs) };
}

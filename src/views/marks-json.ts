/** Marks of tasks as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { TaskMarks } from '../store/contract/marks.ts';
import type { Marks } from '../task/marks.ts';
import type { MarksView, TaskMarksView } from './marks-schema.ts';

export function serializeMarks({ starred, rating, tags, note, hidden }: Marks): MarksView {
  return { starred, rating, tags: [...tags], note, hidden };
}

export function serializeTaskMarks({ id, changedAtMs, ...marks }: TaskMarks): TaskMarksView {
  return { id, ...serializeMarks(marks), changed_at: changedAtMs === 0 ? null : formatIsoTime(changedAtMs) };
}

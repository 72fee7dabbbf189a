/**
 * Marks as the first page needs them: those of src/task/marks.ts, whose functions are loaded with the first change. A test compares
 * them.
 */
import type { MarksView } from './data.ts';

export const RATINGS = [1, 2, 3, 4, 5] as const;

export const NO_MARKS: MarksView = { starred: false, rating: 0, tags: [], note: '', hidden: false };

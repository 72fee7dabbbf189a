/** The rail of months: each has the same share of it, whatever its height on the wall. */
import type { RailMonth } from '../../components/app.ts';
import { findSection } from '../../layout/sections.ts';
import type { SourceSection } from './source.ts';
import type { WallLayout } from './wall-layout.ts';

/** The months from the top, with the places of their bars. */
export function listMonths(sections: readonly SourceSection[]): RailMonth[] {
  return sections.flatMap(({ month, count }, at) =>
    month === undefined ? [] : [{ month, count, top: at / sections.length }],
  );
}

/** The place on the rail, 0 to 1, of a place on the wall. @param y pixels */
export function findProgress(
  { placed, sections }: Pick<WallLayout, 'placed' | 'sections'>,
  y: number,
): number {
  if (sections.length === 0) return 0;
  const at = findSection(placed, y);
  const [start, end] = [placed.tops[at] ?? 0, placed.tops[at + 1] ?? 0];
  const within = end > start ? Math.min(1, Math.max(0, (y - start) / (end - start))) : 0;
  return (at + within) / sections.length;
}

/** The place on the wall of one on the rail. Pixels. */
export function findPlaceOfProgress(
  { placed, sections }: Pick<WallLayout, 'placed' | 'sections'>,
  progress: number,
): number {
  const exact = Math.min(1, Math.max(0, progress)) * sections.length;
  const at = Math.min(sections.length - 1, Math.floor(exact));
  const [start, end] = [placed.tops[at] ?? 0, placed.tops[at + 1] ?? 0];
  return start + (exact - at) * (end - start);
}

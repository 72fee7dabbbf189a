/** Where the bars of a chart stand. Widths are percentages, so that a chart fits its card without a script. */

export interface PlacedBar {
  /** Percent of the width. */
  readonly x: number;
  readonly width: number;
  /** Pixels from the top. */
  readonly y: number;
  readonly height: number;
}

export interface BarScale {
  /** Pixels of the highest bar. */
  readonly height: number;
  /** Share of a bar's place that is empty, 0 to 1. */
  readonly gap: number;
  /** `root`: by the square root, so that one long run does not flatten the others. */
  readonly by: 'value' | 'root';
}

/** A value above zero that is too small to be seen. */
const MIN_BAR_PX = 2;

/** @param values none below zero */
export function placeBars(values: readonly number[], { height, gap, by }: BarScale): PlacedBar[] {
  const scale = (value: number) => (by === 'root' ? Math.sqrt(value) : value);
  const max = scale(Math.max(0, ...values));
  const step = 100 / Math.max(1, values.length);
  return values.map((value, at) => {
    const exact = max === 0 ? 0 : (scale(value) / max) * height;
    const barHeight = value === 0 ? 0 : Math.max(MIN_BAR_PX, round(exact));
    return {
      x: round(at * step),
      width: round(step * (1 - gap)),
      y: round(height - barHeight),
      height: barHeight,
    };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

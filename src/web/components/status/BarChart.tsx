/** A chart of bars, as SVG that fits its card: rendered on the server, and read as a table by whoever can't see it. */
import type { ComponentChildren } from 'preact';
import { type BarScale, placeBars } from '../../view/chart.ts';
import { useShell } from '../shell.ts';

export interface Bar {
  readonly key: string;
  readonly value: number;
  /** Shown when the pointer rests on it. */
  readonly text: string;
  readonly tone?: 'accent' | 'warn' | 'bad' | undefined;
}

/** A word below the bars. */
export interface Mark {
  /** Percent of the width. */
  readonly x: number;
  readonly text: string;
}

interface Props {
  readonly bars: readonly Bar[];
  readonly scale: BarScale;
  readonly marks: readonly Mark[];
  /** What it shows, in words. */
  readonly label: string;
  /** The same as rows: heads, then cells. */
  readonly table: { readonly heads: readonly string[]; readonly rows: readonly TableRow[] };
}

interface TableRow {
  readonly key: string;
  readonly cells: readonly ComponentChildren[];
}

const MARKS_HEIGHT = 22;
const GRID_LINES = [0, 0.5];

export function BarChart({ bars, scale, marks, label, table }: Props) {
  const placed = placeBars(
    bars.map(({ value }) => value),
    scale,
  );
  return (
    <div class="chart">
      <svg width="100%" height={scale.height + MARKS_HEIGHT} role="img" aria-label={label}>
        {GRID_LINES.map((share) => (
          <line
            key={share}
            x1="0"
            x2="100%"
            y1={scale.height * share + 0.5}
            y2={scale.height * share + 0.5}
          />
        ))}
        {bars.map(({ key, text, tone }, at) => {
          const bar = placed[at];
          return (
            bar && (
              <g key={key}>
                {text !== '' && <title>{text}</title>}
                {/* The pointer finds a day also above a low bar. */}
                <rect
                  class="bar-place"
                  x={`${bar.x}%`}
                  y="0"
                  width={`${100 / bars.length}%`}
                  height={scale.height}
                />
                <rect
                  class={tone === undefined ? 'chart-bar' : `chart-bar is-${tone}`}
                  x={`${bar.x}%`}
                  y={bar.y}
                  width={`${bar.width}%`}
                  height={bar.height}
                  rx="1.5"
                />
              </g>
            )
          );
        })}
        {marks.map(({ x, text }) => (
          <text key={x} x={`${x}%`} y={scale.height + 18} text-anchor={getAnchor(x)}>
            {text}
          </text>
        ))}
      </svg>
      <ChartTable {...table} label={label} />
    </div>
  );
}

/** Words at the edges stay inside. */
function getAnchor(x: number): 'start' | 'middle' | 'end' {
  if (x < 12) return 'start';
  return x > 88 ? 'end' : 'middle';
}

function ChartTable({ heads, rows, label }: Props['table'] & Pick<Props, 'label'>) {
  const { t } = useShell();
  return (
    <details class="chart-table">
      <summary>{t.statusPage.asTable}</summary>
      <section class="table-scroll" tabIndex={0} aria-label={label}>
        <table>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key}>
                {cells.map((cell, at) => (
                  <td key={heads[at]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** The months at the right edge, a bar each. */
import { useApp } from './app.ts';

/** Bars that are nearer to each other, in shares of the rail, are left out. */
const MIN_DISTANCE = 0.012;

export function Rail() {
  const { state } = useApp();
  const { months } = state.rail.value;
  return <div class="rail js-only">{months.length > 1 && <RailTrack />}</div>;
}

function RailTrack() {
  const { t, f, state, actions } = useApp();
  const { months, current } = state.rail.value;
  const highest = Math.max(...months.map(({ count }) => count));
  const month = months[current];
  return (
    <div
      class="rail-track"
      id="rail"
      role="slider"
      tabIndex={0}
      aria-label={t.timeline}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={months.length - 1}
      aria-valuenow={current}
      aria-valuetext={month ? `${f.month(month.month)}, ${t.tasks(month.count, f.number(month.count))}` : ''}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 12, PageUp: -12 }[
          event.key
        ];
        const end = { Home: 0, End: 1 }[event.key];
        if (step === undefined && end === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const target = months[Math.max(0, Math.min(months.length - 1, current + (step ?? 0)))];
        if (end !== undefined) actions?.jumpTo(end);
        else if (target) actions?.jumpToMonth(target.month);
      }}
    >
      {thinOut(months).map(({ month: name, count, top }) => (
        <span
          key={name}
          class={`rail-bar${name === month?.month ? ' is-current' : ''}`}
          style={{ top: `${top * 100}%`, width: `${8 + 24 * Math.sqrt(count / highest)}px` }}
        />
      ))}
      {listYears(months).map(({ year, top }) => (
        <span key={year} class="rail-year" style={{ top: `${top * 100}%` }}>
          {year}
        </span>
      ))}
      <RailMark text={month ? f.shortMonth(month.month) : ''} />
    </div>
  );
}

/** Alone, because it moves with every frame. */
function RailMark({ text }: { text: string }) {
  const progress = useApp().state.railProgress.value;
  return (
    <span class={`rail-mark${progress < 0.05 ? ' is-near-top' : ''}`} style={{ top: `${progress * 100}%` }}>
      <span class="rail-label">{text}</span>
    </span>
  );
}

type Bars = readonly { readonly month: string; readonly count: number; readonly top: number }[];

function thinOut(months: Bars): Bars {
  let last = Number.NEGATIVE_INFINITY;
  return months.filter(({ top }) => {
    const fits = top - last >= MIN_DISTANCE;
    if (fits) last = top;
    return fits;
  });
}

/** Where each year begins on the rail, without those that would stand too near to the one before. */
function listYears(months: Bars): { year: string; top: number }[] {
  const years: { year: string; top: number }[] = [];
  for (const { month, top } of months) {
    const year = month.slice(0, 4);
    const last = years.at(-1);
    if (last?.year === year || (last && top - last.top < MIN_DISTANCE * 3)) continue;
    if (month !== months[0]?.month) years.push({ year, top });
  }
  return years;
}

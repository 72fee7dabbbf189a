/** The range of dates: a histogram with two handles, named ranges, and two fields. */
import type { MonthCount } from '../view/data.ts';
import {
  type DateRange,
  getCalendarDay,
  getFirstDay,
  getLastDay,
  getNamedRange,
  listMonths,
  RANGES,
} from '../view/date-range.ts';
import { type App, useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';

/** A longer history is shown by its newest part. */
const MAX_BARS = 240;

export function DateFilter() {
  const app = useApp();
  const { t, state, actions } = app;
  const view = state.view.value;
  const isActive = view.from !== '' || view.to !== '';
  const set = ({ from, to }: DateRange) =>
    actions?.navigate({ ...view, from, to, task: '', cursor: '' }, 'push');
  const label = isActive ? describeRange(app, view) : t.dates;
  return (
    <div class="chip-pair">
      <Popover
        name="dates"
        isActive={isActive}
        title={isActive ? `${t.dates}: ${label}` : t.dates}
        label={
          <>
            <span class="chip-text">{label}</span>
            {!isActive && <Icon name="chevron-down" size={15} />}
          </>
        }
      >
        {() => <DatePanel range={view} onChange={set} />}
      </Popover>
      {isActive && (
        <button
          type="button"
          class="chip-remove"
          aria-label={t.remove(label)}
          onClick={() => set({ from: '', to: '' })}
        >
          <Icon name="x" size={15} />
        </button>
      )}
    </div>
  );
}

function describeRange({ f, t }: App, { from, to }: DateRange): string {
  const show = (date: string) => (/^\d{4}-\d\d$/.test(date) ? f.shortMonth(date) : date);
  if (from === to) return show(from);
  if (from === '') return `${t.until} ${show(to)}`;
  return to === '' ? `${t.from} ${show(from)}` : `${show(from)} – ${show(to)}`;
}

interface PanelProps {
  readonly range: DateRange;
  readonly onChange: (range: DateRange) => void;
}

function DatePanel({ range, onChange }: PanelProps) {
  const { t, state, timeZone } = useApp();
  const months = state.dateMonths.value;
  const today = getCalendarDay(state.nowMs.peek(), timeZone);
  return (
    <div class="dates">
      {months ? (
        <DateBrush months={months} range={range} onChange={onChange} />
      ) : (
        <p class="muted" aria-busy="true">
          {t.loading}…
        </p>
      )}
      <div class="dates-named">
        {RANGES.map((name) => (
          <button key={name} type="button" class="chip" onClick={() => onChange(getNamedRange(name, today))}>
            {t.ranges[name]}
          </button>
        ))}
      </div>
      <div class="dates-fields">
        <label>
          <span class="visually-hidden">{t.from}</span>
          <input
            type="date"
            value={getFirstDay(range.from)}
            onChange={(event) => onChange({ ...range, from: event.currentTarget.value })}
          />
        </label>
        <span aria-hidden="true">–</span>
        <label>
          <span class="visually-hidden">{t.until}</span>
          <input
            type="date"
            value={getLastDay(range.to)}
            onChange={(event) => onChange({ ...range, to: event.currentTarget.value })}
          />
        </label>
        <button type="button" class="plain" onClick={() => onChange({ from: '', to: '' })}>
          {t.clear}
        </button>
      </div>
    </div>
  );
}

/** A bar a month, and a slider for each end of the range. */
function DateBrush({ months, range, onChange }: PanelProps & { months: readonly MonthCount[] }) {
  const { t, f } = useApp();
  const counts = new Map(months.map(({ month, count }) => [month, count]));
  const known = [...counts.keys()].sort();
  const all = listMonths(known[0] ?? '', known.at(-1) ?? '').slice(-MAX_BARS);
  const [firstMonth, lastMonth] = [all[0], all.at(-1)];
  if (firstMonth === undefined || lastMonth === undefined) return <p class="muted">{t.empty}</p>;
  const highest = Math.max(...counts.values());
  const start = range.from === '' ? 0 : findMonth(all, getFirstDay(range.from).slice(0, 7));
  const end = range.to === '' ? all.length - 1 : findMonth(all, getLastDay(range.to).slice(0, 7));
  const isWithin = (at: number) => at >= start && at <= end;
  const total = all.filter((_, at) => isWithin(at)).reduce((sum, month) => sum + (counts.get(month) ?? 0), 0);
  const set = (from: number, to: number) =>
    onChange({
      from: from <= 0 ? '' : (all[Math.min(from, to)] ?? ''),
      to: to >= all.length - 1 ? '' : (all[Math.max(from, to)] ?? ''),
    });
  const slider = (name: string, value: number, move: (to: number) => void) => (
    <input
      type="range"
      min={0}
      max={all.length - 1}
      value={value}
      aria-label={name}
      aria-valuetext={f.month(all[value] ?? firstMonth)}
      onChange={(event) => move(event.currentTarget.valueAsNumber)}
    />
  );
  return (
    <div class="brush">
      <p class="brush-head">
        <strong>
          {f.shortMonth(all[start] ?? firstMonth)} – {f.shortMonth(all[end] ?? lastMonth)}
        </strong>
        <span class="muted">{t.tasks(total, f.number(total))}</span>
      </p>
      <svg
        viewBox={`0 0 ${all.length * 10} 64`}
        preserveAspectRatio="none"
        class="brush-bars"
        aria-hidden="true"
      >
        {all.map((month, at) => {
          const height = barHeight(counts.get(month) ?? 0, highest, 62);
          return (
            <rect
              key={month}
              x={at * 10 + 1}
              y={64 - height}
              width={8}
              height={height}
              class={isWithin(at) ? 'is-within' : ''}
            />
          );
        })}
      </svg>
      <div class="brush-sliders">
        {slider(t.rangeStart, start, (to) => set(Math.min(to, end), end))}
        {slider(t.rangeEnd, end, (to) => set(start, Math.max(to, start)))}
      </div>
      <p class="brush-years muted small" aria-hidden="true">
        <span>{f.shortMonth(firstMonth)}</span>
        <span>{f.shortMonth(lastMonth)}</span>
      </p>
    </div>
  );
}

function findMonth(all: readonly string[], month: string): number {
  const at = all.findIndex((other) => other >= month);
  return at === -1 ? all.length - 1 : at;
}

/** Small counts stay visible beside large ones. */
function barHeight(count: number, highest: number, full: number): number {
  return count === 0 ? 0 : Math.max(2, Math.sqrt(count / highest) * full);
}

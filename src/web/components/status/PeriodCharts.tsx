/** Tasks a day, and cost a month. */
import { listLastPeriods } from '../../view/periods.ts';
import type { Period, PeriodList } from '../../view/status-data.ts';
import { EMPTY_VIEW, linkTo } from '../../view/url.ts';
import { type Shell, useShell } from '../shell.ts';
import { BarChart } from './BarChart.tsx';
import { Card } from './Card.tsx';
import { useStatus } from './state.ts';

const DAYS = 90;
const DAYS_BETWEEN_MARKS = 30;
const MONTHS = 12;
const MONTHS_BETWEEN_MARKS = 6;

export function DayChart({ list }: { list: PeriodList }) {
  const { t, f } = useShell();
  const { nowMs, timeZone } = useStatus().state.data.value;
  const p = t.statusPage;
  const days = listLastPeriods(list, DAYS, { nowMs, timeZone });
  const most = f.number(Math.max(...days.map(({ count }) => count)));
  return (
    <Card id="days" title={p.tasksPerDay} aside={p.lastDays(f.number(DAYS), most)}>
      <BarChart
        bars={days.map(({ period, count }, at) => ({
          key: period,
          value: count,
          text: `${f.day(period)}: ${t.tasks(count, f.number(count))}`,
          tone: at === DAYS - 1 ? 'accent' : undefined,
        }))}
        scale={{ height: 96, gap: 0.28, by: 'value' }}
        marks={days.flatMap(({ period }, at) => {
          if (at === DAYS - 1) return [{ x: 100, text: p.today }];
          return at % DAYS_BETWEEN_MARKS === 0 ? [{ x: (at / DAYS) * 100, text: f.day(period) }] : [];
        })}
        label={describeChart(t, p.tasksPerDay, days, f.day, most)}
        table={{
          heads: [p.day, p.tasks, p.cost],
          rows: listUsed(days).map(({ period, count, cost }) => ({
            key: period,
            cells: [
              <a key="day" href={linkTo({ ...EMPTY_VIEW, from: period, to: period })}>
                {f.day(period)}
              </a>,
              f.number(count),
              cost === null ? '' : f.sum(cost),
            ],
          })),
        }}
      />
    </Card>
  );
}

export function CostChart({ list }: { list: PeriodList }) {
  const { t, f } = useShell();
  const { nowMs, timeZone } = useStatus().state.data.value;
  const p = t.statusPage;
  const months = listLastPeriods(list, MONTHS, { nowMs, timeZone });
  const most = f.sum(Math.max(...months.map(({ cost }) => cost ?? 0)));
  return (
    <Card id="cost" title={p.costPerMonth} aside={p.costUnit(most)}>
      <BarChart
        bars={months.map(({ period, cost }, at) => ({
          key: period,
          value: cost ?? 0,
          text: `${f.shortMonth(period)}: ${t.credits(f.sum(cost ?? 0))}`,
          tone: at === MONTHS - 1 ? 'accent' : undefined,
        }))}
        scale={{ height: 92, gap: 0.28, by: 'value' }}
        marks={months.flatMap(({ period }, at) => {
          if (at === MONTHS - 1) return [{ x: 100, text: f.monthName(period) }];
          return at % MONTHS_BETWEEN_MARKS === 0
            ? [{ x: (at / MONTHS) * 100, text: f.monthName(period) }]
            : [];
        })}
        label={describeChart(t, p.costPerMonth, months, f.shortMonth, most)}
        table={{
          heads: [p.month, p.tasks, p.cost],
          rows: listUsed(months).map(({ period, count, cost }) => ({
            key: period,
            cells: [
              <a key="month" href={linkTo({ ...EMPTY_VIEW, from: period, to: period })}>
                {f.shortMonth(period)}
              </a>,
              f.number(count),
              f.sum(cost ?? 0),
            ],
          })),
        }}
      />
    </Card>
  );
}

/** Newest first, as the other tables are. */
function listUsed(periods: readonly Period[]): Period[] {
  return periods.filter(({ count }) => count > 0).reverse();
}

function describeChart(
  t: Shell['t'],
  what: string,
  periods: readonly Period[],
  format: (period: string) => string,
  most: string,
): string {
  const [first, last] = [periods[0]?.period ?? '', periods.at(-1)?.period ?? ''];
  return t.statusPage.chartOf(what, format(first), format(last), most);
}

/** The last sync runs: how long each took, and why those that failed did. */
import type { RunItem } from '../../view/status-data.ts';
import { getRunDuration, getRunTone, secondsUntil } from '../../view/status-text.ts';
import { Icon } from '../Icon.tsx';
import { type Shell, useShell } from '../shell.ts';
import { BarChart, type Mark } from './BarChart.tsx';
import { Card } from './Card.tsx';
import { useStatus } from './state.ts';

/** Fewer runs stand at the right, as wide as many do. */
const MIN_PLACES = 60;
/** Failed runs that are told in words; the table has all. */
const MAX_FAILURES = 3;
const TONES = { ok: undefined, running: 'accent', warn: 'warn', bad: 'bad' } as const;

/** @param runs newest first */
export function RunChart({ runs }: { runs: readonly RunItem[] }) {
  const { t, f, state } = useShell();
  const { nowMs } = useStatus().state.data.value;
  const p = t.statusPage;
  const rising = [...runs].reverse();
  const took = (run: RunItem) => f.duration(getRunDuration(run, nowMs) / 1000);
  const failures = runs.filter((run) => getRunTone(run) === 'bad');
  const [oldest] = rising;
  const empty = Math.max(0, MIN_PLACES - rising.length);
  return (
    <Card id="runs" title={p.runs} aside={runs.length === 0 ? undefined : p.lastRuns(f.number(runs.length))}>
      {oldest === undefined ? (
        <p class="muted">{p.noRuns}</p>
      ) : (
        <BarChart
          bars={[
            ...Array.from({ length: empty }, (_, at) => ({ key: `empty ${at}`, value: 0, text: '' })),
            ...rising.map((run) => ({
              key: String(run.id),
              value: getRunDuration(run, nowMs),
              text: p.runText(f.time(run.started_at), nameOutcome(t, run.outcome), took(run)),
              tone: TONES[getRunTone(run)],
            })),
          ]}
          scale={{ height: 92, gap: 0.28, by: 'root' }}
          marks={[
            ...markStart(
              (empty / MIN_PLACES) * 100,
              f.relative(secondsUntil(oldest.started_at, state.nowMs.value)),
            ),
            ...markFailure(rising, empty, t, f),
            { x: 100, text: p.now },
          ]}
          label={`${p.runs}: ${p.lastRuns(f.number(runs.length))}`}
          table={{
            heads: [p.started, p.outcome, p.took, p.finished, p.requests],
            rows: runs.map((run) => ({
              key: String(run.id),
              cells: [
                f.dateTime(run.started_at),
                <span key="outcome" class={`tone-${getRunTone(run)}`}>
                  {nameOutcome(t, run.outcome)}
                  {run.error !== null && <span class="muted"> {run.error}</span>}
                </span>,
                took(run),
                f.number(run.finished),
                f.number(run.requests),
              ],
            })),
          }}
        />
      )}
      {failures.length > 0 && (
        <ul class="failures">
          {failures.slice(0, MAX_FAILURES).map((run) => (
            <li key={run.id}>
              <Icon name="circle-alert" size={16} />
              <span>
                <b>
                  {f.time(run.started_at)} {nameOutcome(t, run.outcome)}
                </b>
                {run.error !== null && <span class="muted"> {run.error}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Unless the first run is too near to the end. */
function markStart(x: number, text: string): Mark[] {
  return x > 80 ? [] : [{ x, text }];
}

/** The latest failure below its bar, unless it would stand on the words at the edges. */
function markFailure(rising: readonly RunItem[], empty: number, t: Shell['t'], f: Shell['f']): Mark[] {
  const at = rising.findLastIndex((run) => getRunTone(run) === 'bad');
  const run = rising[at];
  if (!run) return [];
  const x = ((empty + at + 0.5) / (empty + rising.length)) * 100;
  return empty > 0 || x < 38 || x > 72
    ? []
    : [{ x, text: `${f.time(run.started_at)} ${nameOutcome(t, run.outcome)}` }];
}

/** The texts know every outcome of this version. */
export function nameOutcome(t: Shell['t'], outcome: string): string {
  const names: Readonly<Record<string, string>> = t.statusPage.outcomes;
  return names[outcome] ?? outcome;
}

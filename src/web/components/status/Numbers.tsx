/** The numbers of the status page: tasks, pictures kept, disk, cost of the month. */
import type { ComponentChildren } from 'preact';
import { hasCosts, listLastPeriods } from '../../view/periods.ts';
import type { MirrorStatus, StatusData } from '../../view/status-data.ts';
import { useShell } from '../shell.ts';

export function Numbers({ data }: { data: StatusData }) {
  const { t, f } = useShell();
  const { totals, mirror, months } = data;
  const p = t.statusPage;
  const spent = months && hasCosts(months) ? listLastPeriods(months, 1, data)[0] : undefined;
  return (
    <div class="numbers">
      {totals && (
        <NumberCard title={p.tasks} value={f.number(totals.total)}>
          <p class="muted">{p.tasksOf(f.number(totals.succeeded), f.number(totals.failed))}</p>
        </NumberCard>
      )}
      {mirror && <KeptCard images={mirror.images} />}
      {mirror && (
        <NumberCard title={p.disk} value={f.bytes(mirror.images.bytes + mirror.database_bytes)}>
          <p class="muted">{p.diskOf(f.bytes(mirror.images.bytes), f.bytes(mirror.database_bytes))}</p>
          <Meter parts={[mirror.images.bytes, mirror.database_bytes]} />
        </NumberCard>
      )}
      {spent && (
        <NumberCard title={p.spent} value={f.sum(spent.cost ?? 0)}>
          <p class="muted">{p.spentOf(spent.count, f.number(spent.count))}</p>
        </NumberCard>
      )}
    </div>
  );
}

function KeptCard({ images }: { images: MirrorStatus['images'] }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const absent = countAbsent(images);
  const all = images.archived + absent;
  return (
    <NumberCard title={p.kept} value={f.number(images.archived)}>
      <p class="muted">
        {absent === 0 ? (
          all > 0 && p.keptAll
        ) : (
          <>
            {p.keptOf(formatShare(images.archived, all, f.percent), f.number(absent))}{' '}
            <a href="#failing">{p.why}</a>
          </>
        )}
      </p>
      <Meter parts={[images.archived, absent]} />
    </NumberCard>
  );
}

/** Pictures of tasks that are not in the archive. */
export function countAbsent({ wanted, given_up, missing }: MirrorStatus['images']): number {
  // What was lost is wanted again at first: it counts once.
  return Math.max(missing, wanted + given_up);
}

/** Never 100 % while something is missing. */
function formatShare(part: number, all: number, format: (share: number) => string): string {
  return format(Math.floor((part / all) * 1000) / 1000);
}

function NumberCard({
  title,
  value,
  children,
}: {
  title: string;
  value: string;
  children: ComponentChildren;
}) {
  return (
    <section class="card number-card">
      <h2>{title}</h2>
      <p class="number">{value}</p>
      {children}
    </section>
  );
}

/** A line of two parts; decorative, as the words above it say the same. */
function Meter({ parts: [first, second] }: { parts: readonly [number, number] }) {
  const share = first + second === 0 ? 0 : (first / (first + second)) * 100;
  // A small rest is still seen.
  const width = second > 0 ? Math.min(share, 99) : share;
  return (
    <svg class="meter" width="100%" height="6" aria-hidden="true">
      <rect class="meter-rest" width="100%" height="6" rx="3" />
      <rect class="meter-part" width={`${Math.round(width * 10) / 10}%`} height="6" rx="3" />
    </svg>
  );
}

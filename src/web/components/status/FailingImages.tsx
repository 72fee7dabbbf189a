/** The pictures that are not in the archive, how far archiving is, and why it goes no further. */
import type { FailingItem, MirrorStatus } from '../../view/status-data.ts';
import { secondsUntil } from '../../view/status-text.ts';
import { type Shell, useShell } from '../shell.ts';
import { Card } from './Card.tsx';
import { countAbsent } from './Numbers.tsx';
import { TaskLink } from './TaskLink.tsx';

interface Props {
  /** Of the whole mirror; undefined if the token does not see it. */
  readonly images: MirrorStatus['images'] | undefined;
  /** Those of the tasks that the token sees. */
  readonly failing: readonly FailingItem[];
}

export function FailingImages({ images, failing }: Props) {
  const { t, f } = useShell();
  const p = t.statusPage;
  if (!images && failing.length === 0) return null;
  const absent = images && countAbsent(images);
  return (
    <Card
      id="failing"
      title={p.failing}
      aside={images && absent ? p.failingOf(f.number(images.wanted), f.number(images.given_up)) : undefined}
    >
      {absent === 0 && <p class="muted">{p.noFailing}</p>}
      {images && absent !== 0 && <Archiving images={images} shown={failing.length} />}
      {images && absent !== 0 && failing.length === 0 && <p class="muted">{p.onlyWaiting}</p>}
      {failing.length > 0 && <FailingTable failing={failing} />}
    </Card>
  );
}

/** @param shown how many of the failed pictures the table has */
function Archiving({ images, shown }: { images: MirrorStatus['images']; shown: number }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const all = images.archived + countAbsent(images);
  return (
    <>
      <p class="archiving">
        <progress value={images.archived} max={all} aria-label={p.archiving} />
        <span class="muted">{p.archivingOf(f.number(images.archived), f.number(all))}</span>
      </p>
      {sumCounts(images.reasons) > shown && <Reasons reasons={images.reasons} />}
    </>
  );
}

function sumCounts(reasons: MirrorStatus['images']['reasons']): number {
  return reasons.reduce((sum, { count }) => sum + count, 0);
}

function Reasons({ reasons }: Pick<MirrorStatus['images'], 'reasons'>) {
  const { f } = useShell();
  return (
    <ul class="reasons" lang="en">
      {reasons.map(({ error, count }) => (
        <li key={error}>
          <b>{f.number(count)}</b> {error}
        </li>
      ))}
    </ul>
  );
}

function FailingTable({ failing }: Pick<Props, 'failing'>) {
  const shell = useShell();
  const { t, f } = shell;
  const p = t.statusPage;
  return (
    <table class="task-table">
      <thead>
        <tr>
          <th scope="col">{t.task}</th>
          <th scope="col">{p.reason}</th>
          <th scope="col" class="wide-cell">
            {p.tried}
          </th>
          <th scope="col" class="end-cell">
            {p.nextTry}
          </th>
        </tr>
      </thead>
      <tbody>
        {failing.map((item) => (
          <tr key={`${item.id} ${item.is_input ? 'input' : ''}${item.image}`}>
            <td>
              <TaskLink id={item.id} />
              {item.is_input && <span class="muted small"> {t.inputImage}</span>}
              {item.image > 0 && <span class="muted small"> #{item.image + 1}</span>}
            </td>
            <td lang="en">{item.last_error}</td>
            <td class="wide-cell">{p.times(item.attempts, f.number(item.attempts))}</td>
            <td class="end-cell">{describeTry(shell, item)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function describeTry({ t, f, state }: Shell, { next_try }: FailingItem): string {
  if (next_try === null) return t.statusPage.givenUp;
  const seconds = secondsUntil(next_try, state.nowMs.value);
  return seconds <= 0 ? t.statusPage.dueNow : f.relative(seconds);
}

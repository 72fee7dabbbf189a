/** The pictures that are not in the archive, how far archiving is, and why it goes no further. */
import type { FailingItem, MirrorStatus } from '../../view/status-data.ts';
import { secondsUntil } from '../../view/status-text.ts';
import { type Shell, useShell } from '../shell.ts';
import { Card } from './Card.tsx';
import { countAbsent } from './Numbers.tsx';
import { TaskLink } from './TaskLink.tsx';

export function FailingImages({ mirror: { images, failing } }: { mirror: MirrorStatus }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const absent = countAbsent(images);
  const all = images.archived + absent;
  return (
    <Card
      id="failing"
      title={p.failing}
      aside={absent === 0 ? undefined : p.failingOf(f.number(images.wanted), f.number(images.given_up))}
    >
      {absent === 0 ? (
        <p class="muted">{p.noFailing}</p>
      ) : (
        <>
          <p class="archiving">
            <progress value={images.archived} max={all} aria-label={p.archiving} />
            <span class="muted">{p.archivingOf(f.number(images.archived), f.number(all))}</span>
          </p>
          {failing.length === 0 && <p class="muted">{p.onlyWaiting}</p>}
          <Reasons reasons={images.reasons} />
          {failing.length > 0 && <FailingTable failing={failing} />}
        </>
      )}
    </Card>
  );
}

function Reasons({ reasons }: Pick<MirrorStatus['images'], 'reasons'>) {
  const { f } = useShell();
  if (reasons.length === 0) return null;
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

function FailingTable({ failing }: Pick<MirrorStatus, 'failing'>) {
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
          <tr key={`${item.id} ${item.image}`}>
            <td>
              <TaskLink id={item.id} />
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

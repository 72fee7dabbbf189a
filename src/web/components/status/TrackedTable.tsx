/** The ids that the schedule checks, those that are due first. */
import type { StatusData, TrackedItem } from '../../view/status-data.ts';
import { secondsUntil } from '../../view/status-text.ts';
import { type Shell, useShell } from '../shell.ts';
import { Card } from './Card.tsx';
import { TaskLink } from './TaskLink.tsx';

export function TrackedTable({ tracked }: { tracked: NonNullable<StatusData['tracked']> }) {
  const { t, f } = useShell();
  const p = t.statusPage;
  const { items, total } = tracked;
  return (
    <Card id="tracked" title={p.tracked} aside={p.trackedOf(f.number(items.length), f.number(total))}>
      {items.length === 0 ? (
        <p class="muted">{p.noTracked}</p>
      ) : (
        <table class="task-table">
          <thead>
            <tr>
              <th scope="col">{t.task}</th>
              <th scope="col">{p.prompt}</th>
              <th scope="col" class="wide-cell">
                {p.lookedAt}
              </th>
              <th scope="col" class="end-cell">
                {p.nextCheck}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={item.id} item={item} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function Row({ item }: { item: TrackedItem }) {
  const shell = useShell();
  const { t, f } = shell;
  const p = t.statusPage;
  const { id, prompt, attempts, unknown_since, last_error } = item;
  return (
    <tr>
      <td>
        <TaskLink id={id} />
      </td>
      <td>
        {prompt === null ? (
          <span class="muted">{p.promptUnknown}</span>
        ) : (
          <bdi class="cut-prompt">{prompt}</bdi>
        )}
        {unknown_since !== null && <p class="muted small">{p.unknownSince(f.dateTime(unknown_since))}</p>}
        {last_error !== null && <p class="muted small">{last_error}</p>}
      </td>
      <td class="wide-cell">{p.times(attempts, f.number(attempts))}</td>
      <td class="end-cell">{describeNext(shell, item)}</td>
    </tr>
  );
}

function describeNext({ t, f, state }: Shell, { due_at, given_up }: TrackedItem): string {
  if (given_up || due_at === null) return t.statusPage.givenUp;
  const seconds = secondsUntil(due_at, state.nowMs.value);
  return seconds <= 0 ? t.statusPage.dueNow : f.relative(seconds);
}

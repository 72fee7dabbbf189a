/** The top of the status page: how the mirror does in a sentence, what is wrong, and what can be done about it. */
import type { StatusData } from '../../view/status-data.ts';
import { describeStatus, secondsUntil } from '../../view/status-text.ts';
import { EMPTY_VIEW, linkTo } from '../../view/url.ts';
import { Icon } from '../Icon.tsx';
import { type Shell, useShell } from '../shell.ts';
import { SyncButton, SyncProgress } from './SyncControls.tsx';
import { useStatus } from './state.ts';

export function Headline({ data }: { data: StatusData }) {
  const shell = useShell();
  const { t, f, rights } = shell;
  const { text, tone } = describeStatus(data, t, f);
  const mayTrack = rights.mayChange && rights.seesAll;
  return (
    <div class="status-head">
      <div class="status-head-text">
        <h1 class={tone === 'ok' ? undefined : `tone-${tone}`}>{text}</h1>
        <p class="muted sentences">
          {describeSync(shell, data).map((sentence, at) => (
            // One that changes with the time stays where it is.
            <span key={at}>{sentence} </span>
          ))}
          <FailedToday count={data.failedToday} />
        </p>
        <SyncProgress />
      </div>
      {mayTrack && (
        <div class="status-actions js-only">
          <AddIdsButton />
          {data.health.state !== 'offline' && <SyncButton />}
        </div>
      )}
    </div>
  );
}

/** When the mirror was synced, and when the upstream answered, if that was long before. */
function describeSync({ t, f, state }: Shell, { mirror }: StatusData): string[] {
  const { synced_at } = state.health.value;
  const ago = (iso: string) => f.relative(Math.min(0, secondsUntil(iso, state.nowMs.value)));
  const sync = synced_at === null ? t.statusPage.neverSynced : t.statusPage.synced(ago(synced_at));
  const answeredAt = mirror?.upstream.answered_at ?? null;
  if (answeredAt === null || isSoonAfter(answeredAt, synced_at)) return [sync];
  return [sync, t.statusPage.answered(ago(answeredAt))];
}

/** A run ends after the answer that it got. */
const SOON_MS = 60_000;

function isSoonAfter(answeredAt: string, syncedAt: string | null): boolean {
  return syncedAt !== null && Math.abs(Date.parse(syncedAt) - Date.parse(answeredAt)) < SOON_MS;
}

function FailedToday({ count }: { count: number | null }) {
  const { t } = useShell();
  if (count === null) return null;
  const text = t.statusPage.failedToday(count);
  if (count === 0) return <span>{text}</span>;
  return <a href={linkTo({ ...EMPTY_VIEW, q: 'on:today', state: ['failed'] })}>{text}</a>;
}

/** What is wrong, as `/readyz` says it. */
export function Problems({ problems }: { problems: readonly string[] }) {
  const { t } = useShell();
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-labelledby="problems-title">
      <h2 id="problems-title" class="visually-hidden">
        {t.statusPage.problems}
      </h2>
      <ul lang="en">
        {problems.map((problem) => (
          <li key={problem}>
            <Icon name="circle-alert" size={16} />
            <span>{problem}</span>
          </li>
        ))}
      </ul>
      <p>{t.statusPage.stillServed}</p>
    </section>
  );
}

function AddIdsButton() {
  const { t } = useShell();
  const { actions } = useStatus();
  return (
    <button type="button" class="button" aria-haspopup="dialog" onClick={() => actions?.toggleAddIds(true)}>
      <Icon name="plus" size={16} />
      {t.statusPage.addIds}
    </button>
  );
}

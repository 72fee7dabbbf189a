/** *Sync now*, and what the run does. */
import { Icon } from '../Icon.tsx';
import { type Shell, useShell } from '../shell.ts';
import { nameOutcome } from './RunChart.tsx';
import { type SyncView, useStatus } from './state.ts';

export function SyncButton() {
  const { t } = useShell();
  const { state, actions } = useStatus();
  const isRunning = state.sync.value.kind === 'running';
  return (
    // Not disabled: the keyboard would lose its place.
    <button
      type="button"
      class={`button is-primary${isRunning ? ' is-busy' : ''}`}
      aria-disabled={isRunning}
      onClick={() => {
        if (!isRunning) actions?.sync();
      }}
    >
      <Icon name="refresh-cw" size={16} />
      {isRunning ? t.statusPage.syncing : t.statusPage.syncNow}
    </button>
  );
}

export function SyncProgress() {
  const { t, f } = useShell();
  const sync = useStatus().state.sync.value;
  return (
    <div class="sync-progress" role="status">
      {sync.kind === 'running' && <progress {...getProgress(sync)} aria-label={t.statusPage.syncing} />}
      <span class={sync.kind === 'failed' ? 'tone-bad' : 'muted'}>{describeSyncView(sync, t, f)}</span>
    </div>
  );
}

/** Without a value, it is one that only says that something is going on. */
function getProgress({ done, due }: Extract<SyncView, { kind: 'running' }>) {
  return done === undefined || due === undefined || due === 0 ? {} : { value: Math.min(done, due), max: due };
}

function describeSyncView(sync: SyncView, t: Shell['t'], f: Shell['f']): string {
  const p = t.statusPage;
  switch (sync.kind) {
    case 'idle':
      return '';
    case 'running':
      return sync.done === undefined || sync.due === undefined
        ? p.syncing
        : p.syncProgress(f.number(sync.done), f.number(sync.due));
    case 'ended':
      return sync.outcome === 'done'
        ? p.syncDone(sync.finished, f.number(sync.finished))
        : p.syncEnded(nameOutcome(t, sync.outcome));
    case 'failed':
      return p.syncFailed(sync.message);
  }
}

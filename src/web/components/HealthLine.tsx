/** How the mirror does, in a few words beside the search. */
import type { Health } from '../view/data.ts';
import { type Shell, useShell } from './shell.ts';

export function HealthLine() {
  const shell = useShell();
  const health = shell.state.health.value;
  const text = describeHealth(shell, health);
  return (
    <a class={`health health-${health.state === 'ok' ? 'ok' : 'warn'}`} href="./status" title={text}>
      <span class="dot" />
      <span class="health-text">{text}</span>
    </a>
  );
}

function describeHealth({ t, f, state }: Shell, { state: kind, since, synced_at }: Health): string {
  if (kind === 'offline') return t.offlineBySetting;
  if (kind === 'unreachable' && since !== null) return t.offlineSince(f.time(since));
  if (kind !== 'ok') return t.status;
  if (synced_at === null) return t.neverSynced;
  return t.synced(f.relative(Math.min(0, Math.round((Date.parse(synced_at) - state.nowMs.value) / 1000))));
}

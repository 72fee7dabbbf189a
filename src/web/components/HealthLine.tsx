/** How the mirror does, in a few words beside the search and, if something is wrong, in a line above the pictures. */
import type { Health } from '../view/data.ts';
import { Icon } from './Icon.tsx';
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

/** What is wrong, since when, and what still works. Nothing when all is well. */
export function TroubleLine() {
  const shell = useShell();
  const { t, state } = shell;
  if (state.connection.value !== 'ok') return <ConnectionLine />;
  const text = describeTrouble(shell, state.health.value);
  if (text === undefined) return null;
  return (
    <p class="trouble" role="status">
      <Icon name="cloud-off" />
      <span>{text}</span>
      <a href="./status">{t.details}</a>
    </p>
  );
}

/** What is wrong between this page and the mirror. Nothing when all is well. */
export function ConnectionLine() {
  const { t, state } = useShell();
  const connection = state.connection.value;
  if (connection === 'ok') return null;
  if (connection === 'expired')
    return (
      <p class="trouble" role="status">
        <Icon name="circle-alert" />
        <span>{t.troubleExpired}</span>
        <a href="./sign-in">{t.signInAgain}</a>
      </p>
    );
  return (
    <p class="trouble" role="status">
      <Icon name="cloud-off" />
      <span>{t.troubleDisconnected}</span>
    </p>
  );
}

function describeTrouble({ t, f }: Shell, { state, since }: Health): string | undefined {
  switch (state) {
    case 'ok':
      return undefined;
    case 'offline':
      return t.troubleOffline;
    case 'unreachable':
      return since === null ? t.troubleOther : t.troubleUpstream(f.time(since));
    case 'full':
      return t.troubleDisk;
    case 'other':
      return t.troubleOther;
  }
}

/** How the mirror does, in a few words beside the search and, if something is wrong, in a line above the pictures. */
import type { Health } from '../view/data.ts';
import { type App, useApp } from './app.ts';
import { Icon } from './Icon.tsx';

export function HealthLine() {
  const app = useApp();
  const health = app.state.health.value;
  const text = describeHealth(app, health);
  return (
    <a class={`health health-${health.state === 'ok' ? 'ok' : 'warn'}`} href="./status" title={text}>
      <span class="dot" />
      <span class="health-text">{text}</span>
    </a>
  );
}

function describeHealth({ t, f, state }: App, { state: kind, since, synced_at }: Health): string {
  if (kind === 'offline') return t.offlineBySetting;
  if (kind === 'unreachable' && since !== null) return t.offlineSince(f.time(since));
  if (kind !== 'ok') return t.status;
  if (synced_at === null) return t.neverSynced;
  return t.synced(f.relative(Math.min(0, Math.round((Date.parse(synced_at) - state.nowMs.value) / 1000))));
}

/** What is wrong, since when, and what still works. Nothing when all is well. */
export function TroubleLine() {
  const app = useApp();
  const { t, state } = app;
  const connection = state.connection.value;
  const text = connection === 'ok' ? describeTrouble(app, state.health.value) : undefined;
  if (connection === 'expired')
    return (
      <p class="trouble" role="status">
        <Icon name="circle-alert" />
        <span>{t.troubleExpired}</span>
        <a href="./sign-in">{t.signInAgain}</a>
      </p>
    );
  if (connection === 'lost')
    return (
      <p class="trouble" role="status">
        <Icon name="cloud-off" />
        <span>{t.troubleDisconnected}</span>
      </p>
    );
  if (text === undefined) return null;
  return (
    <p class="trouble" role="status">
      <Icon name="cloud-off" />
      <span>{text}</span>
      <a href="./status">{t.details}</a>
    </p>
  );
}

function describeTrouble({ t, f }: App, { state, since }: Health): string | undefined {
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

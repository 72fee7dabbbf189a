/** What is wrong, since when, and what still works, in one line. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Health } from '../view/data.ts';
import { linkTo } from '../view/url.ts';
import { type App, useApp } from './app.ts';
import { Icon, type IconName } from './Icon.tsx';
import { type Shell, useShell } from './shell.ts';

interface Trouble {
  readonly icon: IconName;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string; readonly run?: (() => void) | undefined };
}

/**
 * Above the pictures, if the page has begun with it. What comes later floats over the page, and what ends leaves its room:
 * nothing that is looked at moves.
 */
export function PageTrouble() {
  const app = useApp();
  const trouble = findTrouble(app);
  const last = useRef(trouble);
  if (trouble) last.current = trouble;
  if (!app.state.startsWithTrouble || !last.current) return null;
  return (
    <div class={trouble ? '' : 'is-over'} role="status">
      <Line trouble={last.current} />
    </div>
  );
}

/** What has come since the page was loaded. */
export function LaterTrouble() {
  const app = useApp();
  return app.state.startsWithTrouble ? null : <FloatingLine trouble={findTrouble(app)} />;
}

/**
 * What is wrong between a page of text and the mirror; the page says everything else.
 * @param children what else floats over the page
 */
export function ConnectionTrouble({ children }: { children?: ComponentChildren }) {
  const shell = useShell();
  return (
    <div class="floating-stack">
      <FloatingLine trouble={findConnectionTrouble(shell)} />
      {children}
    </div>
  );
}

function FloatingLine({ trouble }: { trouble: Trouble | undefined }) {
  return (
    <div class="trouble-floating" role="status">
      {trouble && <Line trouble={trouble} />}
    </div>
  );
}

function Line({ trouble: { icon, text, link } }: { trouble: Trouble }) {
  return (
    <p class="trouble">
      <Icon name={icon} />
      <span>{text}</span>
      {link && (
        <a
          href={link.href}
          onClick={(event) => {
            if (!link.run) return;
            event.preventDefault();
            link.run();
          }}
        >
          {link.text}
        </a>
      )}
    </p>
  );
}

/** First what concerns the pictures that were asked for. */
function findTrouble(app: App): Trouble | undefined {
  const { t, state, actions } = app;
  const connection = state.connection.value;
  const problem = state.problem.value;
  if (problem !== undefined && connection !== 'lost' && connection !== 'expired')
    return {
      icon: 'circle-alert',
      text: t.troubleSearch(problem),
      link: { href: linkTo(state.view.value), text: t.tryAgain, run: actions?.retry },
    };
  const lost = findConnectionTrouble(app);
  if (lost) return lost;
  const text = describeTrouble(app, state.health.value);
  return text === undefined
    ? undefined
    : { icon: 'cloud-off', text, link: { href: './status', text: t.details } };
}

function findConnectionTrouble({ t, state }: Shell): Trouble | undefined {
  switch (state.connection.value) {
    case 'ok':
      return undefined;
    case 'lost':
      return { icon: 'cloud-off', text: t.troubleDisconnected };
    case 'failing':
      return { icon: 'cloud-off', text: t.troubleFailing };
    case 'expired':
      return {
        icon: 'circle-alert',
        text: t.troubleExpired,
        link: { href: './sign-in', text: t.signInAgain },
      };
  }
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

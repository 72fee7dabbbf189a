/** News from the mirror as they happen. The stream is closed while the page is hidden: browsers open six connections to a host. */
import type { PageData } from '../view/page-data.ts';
import { watchSignOut } from './sign-out.ts';

export interface TaskEvent {
  readonly id: string;
  readonly state?: string;
  readonly month?: string;
}

/** Of a run that goes on, or has `ended`. */
export interface SyncEvent {
  readonly state?: string;
  readonly done?: number;
  readonly due?: number;
}

export interface LiveHandlers {
  /** A task has been stored or has changed. */
  onTask(event: TaskEvent): void;
  /** Something has changed, it is not known what. */
  onChanged(): void;
  onSync(event: SyncEvent): void;
  onStatus(): void;
  onConnection(state: 'ok' | 'lost'): void;
  /** Whether the stream would be refused. */
  isRefused(): boolean;
}

/** @param page the time zone is that of the months in events */
export function listen(
  { timeZone, lastEventId }: Pick<PageData, 'timeZone' | 'lastEventId'>,
  handlers: LiveHandlers,
): void {
  let stream: EventSource | undefined;
  let wasOpen = false;
  let isSigningOut = false;

  const open = () => {
    if (stream || document.hidden || isSigningOut) return;
    const params = new URLSearchParams({ tz: timeZone });
    // What has happened since the page was read.
    if (!wasOpen && lastEventId !== undefined) params.set('after', lastEventId);
    stream = new EventSource(`./api/events?${params}`);
    stream.onopen = () => {
      handlers.onConnection('ok');
      // What happened while it was closed is not sent again.
      if (wasOpen) handlers.onChanged();
      wasOpen = true;
    };
    stream.onerror = () => {
      handlers.onConnection('lost');
      // A refused stream does not come back by itself.
      if (stream?.readyState === EventSource.CLOSED) {
        stream = undefined;
        setTimeout(retry, RETRY_MS);
      }
    };
    const on = <T>(name: string, handle: (data: T) => void) =>
      stream?.addEventListener(name, (event: MessageEvent<string>) => {
        handle(JSON.parse(event.data) as T);
      });
    on<TaskEvent>('task', handlers.onTask);
    on<TaskEvent>('image', handlers.onTask);
    on<SyncEvent>('sync', handlers.onSync);
    on('status', () => handlers.onStatus());
    on('changed', () => handlers.onChanged());
  };
  const retry = () => {
    if (!handlers.isRefused()) open();
    // Who signs in elsewhere comes back to a page that works; requests without a session are counted as guesses.
    else setTimeout(retry, RETRY_MS);
  };
  const close = () => {
    stream?.close();
    stream = undefined;
  };
  const onVisibility = () => {
    if (document.hidden) close();
    else open();
  };
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', open);
  watchSignOut({
    onStart: () => {
      isSigningOut = true;
      close();
    },
    onReturn: () => {
      isSigningOut = false;
      open();
    },
  });
  open();
}

const RETRY_MS = 5000;

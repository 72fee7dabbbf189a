/** One stream of server-sent events (WHATWG HTML, section 9.2), with a bounded backlog for a slow reader. */
import type { TaskLimits } from '../../task/limits.ts';
import type { LoggedEvent } from './event-log.ts';
import { CHANGED } from './mirror-event.ts';

/** Events that a reader may lag behind; then it is told to read everything again. */
export const MAX_BACKLOG = 200;
/** How long a browser waits before it connects again. */
const RETRY_MS = 3000;

export interface EventStream {
  /** Sends an event, if the caller may hear of it. */
  push(event: LoggedEvent): void;
  /** Sends a comment, so that nobody on the way takes the connection for dead, and the id to come back with. */
  sendHeartbeat(lastId: string): void;
  /** Ends the stream after what was sent. */
  close(): void;
  /** The bytes to send. Produced as they are read; ends when the stream is closed. */
  read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
}

export interface EventStreamOptions {
  readonly limits: TaskLimits | undefined;
  readonly timeZone: string;
  /** To come back with until there is another event. */
  readonly lastId: string;
}

export function createEventStream({ limits, timeZone, lastId }: EventStreamOptions): EventStream {
  const encoder = new TextEncoder();
  let unread = `retry: ${RETRY_MS}\nid: ${lastId}\n\n`;
  let backlog = 0;
  let isClosed = false;
  let wake: () => void = () => undefined;

  const send = (text: string) => {
    unread += text;
    wake();
  };

  return {
    push: (event) => {
      if (isClosed || !event.isVisibleTo(limits)) return;
      backlog += 1;
      // What can't be read in time is worth no memory.
      if (backlog > MAX_BACKLOG) unread = '';
      const { id, name, describe } = backlog > MAX_BACKLOG ? { ...CHANGED, id: event.id } : event;
      send(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(describe(timeZone))}\n\n`);
    },
    sendHeartbeat: (id) => {
      // A reader that has not read the last one needs no other.
      if (unread === '') send(`:\nid: ${id}\n\n`);
    },
    close: () => {
      isClosed = true;
      wake();
    },
    read: async function* () {
      for (;;) {
        if (unread !== '') {
          const bytes = encoder.encode(unread);
          unread = '';
          backlog = 0;
          yield bytes;
        } else if (isClosed) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

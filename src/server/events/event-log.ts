/** The last events, for callers that come back after a lost connection (`Last-Event-ID`). */
import { randomBytes } from 'node:crypto';
import type { MirrorEvent } from './mirror-event.ts';

/** An event with its id. Ids are random: numbers would tell a limited token how many events it may not see. */
export interface LoggedEvent extends MirrorEvent {
  readonly id: string;
}

export interface EventLog {
  add(event: MirrorEvent): LoggedEvent;
  /** The id of the last event. */
  readonly lastId: string;
  /** @returns the events after the one with this id; undefined if it is too old, or not one of this process */
  listAfter(id: string): LoggedEvent[] | undefined;
}

const ID_BYTES = 12;

/** @param capacity how many events are kept */
export function createEventLog(capacity: number): EventLog {
  /** In their order; the first id is that of no event, for callers that come before there is one. */
  const events = new Map<string, LoggedEvent | undefined>();
  const createId = () => randomBytes(ID_BYTES).toString('base64url');
  let lastId = createId();
  events.set(lastId, undefined);

  return {
    add: (event) => {
      lastId = createId();
      const logged = { ...event, id: lastId };
      events.set(lastId, logged);
      const [oldest] = events.keys();
      if (events.size > capacity && oldest !== undefined) events.delete(oldest);
      return logged;
    },
    get lastId() {
      return lastId;
    },
    listAfter: (id) => {
      if (!events.has(id)) return undefined;
      const all = [...events];
      const at = all.findIndex(([known]) => known === id);
      return all.slice(at + 1).flatMap(([, event]) => event ?? []);
    },
  };
}

/** Sends what happens to every open event stream. */
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/contract/store.ts';
import type { SyncRunner } from '../../sync/runner.ts';
import { createEventLog } from './event-log.ts';
import { createEventStream, type EventStreamOptions } from './event-stream.ts';
import { CHANGED, describeChange, describeRun, type MirrorEvent, STATUS } from './mirror-event.ts';

/** How often changes of other processes are looked for, and tokens are checked. */
const POLL_INTERVAL_MS = 1000;
const POLLS_PER_HEARTBEAT = 20;
/** Events that somebody whose connection was lost may have missed. */
const LOG_CAPACITY = 1000;

export interface EventHub {
  /** The id of the last event, with all that has happened by now: what is read after this is followed by the events after it. */
  takeLastId(): string;
  /** Opens a stream. */
  open(options: OpenOptions): OpenStream;
}

export interface OpenOptions extends Omit<EventStreamOptions, 'lastId'> {
  /** The last event that the caller has had. */
  readonly after: string | undefined;
  /** Whether the caller's token is still valid; otherwise the stream ends. */
  isStillValid(): Promise<boolean>;
}

export interface OpenStream {
  /** The bytes to send. */
  read(): AsyncIterable<Uint8Array<ArrayBuffer>>;
  close(): void;
}

interface HubDeps {
  readonly store: Pick<Store, 'onChange' | 'readForeignVersion'>;
  readonly runner: Pick<SyncRunner, 'onRunEvent'>;
  readonly log: Log;
}

/** @param stopping ends all streams at once: they would last longer than the grace period of a shutdown */
export function createEventHub({ store, runner, log }: HubDeps, stopping: AbortSignal): EventHub {
  const events = createEventLog(LOG_CAPACITY);
  const streams = new Map<ReturnType<typeof createEventStream>, OpenOptions>();
  let hasNewStatus = false;
  let foreignVersion: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let polls = 0;

  const publish = (event: MirrorEvent) => {
    const logged = events.add(event);
    for (const stream of streams.keys()) stream.push(logged);
  };

  const publishStatus = () => {
    if (hasNewStatus) publish(STATUS);
    hasNewStatus = false;
  };

  const remove = (stream: ReturnType<typeof createEventStream>) => {
    stream.close();
    streams.delete(stream);
    if (streams.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const closeInvalid = async () => {
    for (const [stream, { isStillValid }] of [...streams]) if (!(await isStillValid())) remove(stream);
  };

  /** While nobody listens, nothing is asked for; what has changed since is told to whoever comes first. */
  const poll = async () => {
    const version = await store.readForeignVersion();
    if (foreignVersion !== undefined && version !== foreignVersion) publish(CHANGED);
    foreignVersion = version;
    publishStatus();
    await closeInvalid();
  };
  const pollSafely = () =>
    poll().catch((error: unknown) => log.debug({ err: error }, 'changes could not be looked for'));

  const startPolling = () => {
    timer ??= setInterval(() => {
      polls += 1;
      if (polls % POLLS_PER_HEARTBEAT === 0)
        for (const stream of streams.keys()) stream.sendHeartbeat(events.lastId);
      void pollSafely();
    }, POLL_INTERVAL_MS).unref();
  };

  store.onChange((change) => {
    // Statuses come in bursts, and one says as much as ten.
    if (change.kind === 'status') hasNewStatus = true;
    else publish(describeChange(change));
  });
  runner.onRunEvent((event) => publish(describeRun(event)));
  stopping.addEventListener('abort', () => {
    for (const stream of [...streams.keys()]) remove(stream);
  });

  // From now on, changes of other processes are noticed too.
  void pollSafely();

  return {
    takeLastId: () => {
      publishStatus();
      return events.lastId;
    },
    open: (options) => {
      const { after } = options;
      publishStatus();
      const missed = after === undefined ? [] : events.listAfter(after);
      const stream = createEventStream({ ...options, lastId: missed && after ? after : events.lastId });
      // What the caller has missed comes before what happens from now on.
      for (const event of missed ?? [{ ...CHANGED, id: events.lastId }]) stream.push(event);
      if (stopping.aborted) stream.close();
      else {
        streams.set(stream, options);
        startPolling();
        void pollSafely();
      }
      return { read: stream.read, close: () => remove(stream) };
    },
  };
}

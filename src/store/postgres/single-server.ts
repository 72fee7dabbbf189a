/** One server at a time: several on one database would not share all that they do yet. */
import { hostname } from 'node:os';
import type { Clock } from '../../lib/clock.ts';
import { isProcessRunning } from '../../lib/is-process-running.ts';
import { SecondServer } from '../contract/errors.ts';
import { type RunningServer, SERVER_TIMEOUT_MS } from '../contract/servers.ts';

/** A process that serves the mirror, or did before it was killed. */
export interface KnownServer {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** By its own clock; epoch milliseconds. */
  readonly seenAt: number;
}

const POLL_INTERVAL_MS = 1000;

/** @param others the servers that may be alive */
export type OnWait = (others: readonly RunningServer[]) => void;

/** Whether a server has ended without saying so, as far as this machine can know. */
export function hasEnded({ host, pid }: KnownServer): boolean {
  // A container that is restarted has the same name and the same pid again.
  return host === hostname() && (pid === process.pid || !isProcessRunning(pid));
}

/** Whether a server is alive, as far as this machine can know. */
export function isAlive({ host, pid, seenAt }: KnownServer, nowMs: number): boolean {
  return host === hostname() ? isProcessRunning(pid) : seenAt > nowMs - SERVER_TIMEOUT_MS;
}

/**
 * Waits until servers that were killed have not been seen for as long as it takes to know that.
 * @param enter registers this server, unless it returns others: all but those that are said to have ended
 * @param options.name of the database, for messages
 * @param options.onWait called once, if it waits
 * @throws SecondServer if one of them is alive
 */
export async function enterAlone(
  enter: (nowMs: number, ended: readonly string[]) => Promise<readonly KnownServer[]>,
  { clock, name, onWait }: { clock: Clock; name: string; onWait?: OnWait | undefined },
): Promise<void> {
  const seen = new Map<string, number>();
  let hasWaited = false;
  const untilMs = clock.monotonic() + SERVER_TIMEOUT_MS;
  for (;;) {
    // Its clock may be ahead of this one: it counts whether it goes on.
    const ended = clock.monotonic() >= untilMs ? [...seen.keys()] : [];
    const others = await enter(clock.now(), ended);
    if (others.length === 0) return;
    for (const other of others) {
      const isAlive = other.host === hostname() || (seen.get(other.name) ?? other.seenAt) !== other.seenAt;
      if (isAlive) {
        throw new SecondServer(
          `${name} has a server already, process ${other.pid} on ${other.host}: several servers on one database are not supported yet`,
        );
      }
      seen.set(other.name, other.seenAt);
    }
    if (!hasWaited) onWait?.(others.map(({ pid, host }) => ({ pid, host })));
    hasWaited = true;
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

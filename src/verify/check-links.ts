/**
 * Checks links, each once: one request at a time to a host and at a distance, several hosts at once. A host that fails repeatedly is left
 * alone for a while.
 */
import { createImageHosts } from '../archive/image-hosts.ts';
import { groupBy } from '../lib/group-by.ts';
import { tryParseUrl } from '../lib/parse-url.ts';
import { normalizeLink } from '../task/link.ts';
import { type CheckLinkDeps, checkLink, type LinkStatus } from './check-link.ts';
import type { LinkCounts, LinkFinding } from './finding.ts';
import { createPace, type Pace } from './pace.ts';
import type { TaskLink } from './task-links.ts';

export interface CheckLinksDeps extends CheckLinkDeps {
  readonly random: () => number;
}

export interface LinkChecker {
  /**
   * Checks those that were not checked before.
   * @throws the reason of `stop`
   */
  check(links: readonly TaskLink[], stop: AbortSignal): Promise<void>;
  readonly counts: Readonly<LinkCounts>;
}

/** From the start of a request to that of the next one to the same host. */
const HOST_INTERVAL_MS = 100;
const HOST_CONCURRENCY = 4;
/** Whose pace is remembered. */
const MAX_HOSTS = 10_000;

export function createLinkChecker(
  deps: CheckLinksDeps,
  onFinding: (finding: LinkFinding) => void,
): LinkChecker {
  const hosts = createImageHosts(deps);
  const paces = new Map<string, Pace>();
  // At most ten a second of a host are added, so that it stays small.
  const seen = new Set<string>();
  const counts: LinkCounts = { checked: 0, alive: 0, dead: 0, unknown: 0, lost: 0 };

  const getPace = (host: string): Pace => {
    if (paces.size >= MAX_HOSTS) paces.clear();
    const pace = paces.get(host) ?? createPace(deps.clock, HOST_INTERVAL_MS);
    paces.set(host, pace);
    return pace;
  };

  const ask = async (host: string, { artifact }: TaskLink, stop: AbortSignal): Promise<LinkStatus> => {
    if (!hosts.canStart(host)) return { kind: 'unknown', reason: 'its host failed repeatedly' };
    await getPace(host).wait(stop);
    hosts.begin(host);
    let status: LinkStatus | undefined;
    try {
      status = await checkLink(deps, artifact, stop);
      return status;
    } finally {
      hosts.end(host, status?.kind === 'unknown' ? status.hostFailure : undefined);
    }
  };

  const checkOne = async (host: string, link: TaskLink, stop: AbortSignal): Promise<void> => {
    const status = await ask(host, link, stop);
    counts.checked += 1;
    counts[status.kind] += 1;
    if (status.kind === 'alive') return;
    const { taskId: id, artifact, isArchived } = link;
    if (status.kind === 'dead' && !isArchived) counts.lost += 1;
    onFinding({ kind: `${status.kind}-link`, id, url: artifact.url, reason: status.reason, isArchived });
  };

  return {
    check: async (links, stop) => {
      const unseen = links.filter(({ artifact }) => {
        const link = normalizeLink(artifact.url);
        return !seen.has(link) && seen.add(link);
      });
      const lanes = groupBy(unseen, ({ artifact }) => tryParseUrl(artifact.url)?.host ?? '').entries();
      // An iterator that is shared: each takes the next lane when it is done with one.
      const work = async () => {
        for (const [host, lane] of lanes) for (const link of lane) await checkOne(host, link, stop);
      };
      await Promise.all(Array.from({ length: HOST_CONCURRENCY }, work));
    },
    counts,
  };
}

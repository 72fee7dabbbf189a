/**
 * The images that a run has claimed and not started: those whose host has no room now wait here, while later ones of other hosts go
 * ahead. Untried ones come first, then the latest added: their links expire last.
 */
import type { Clock } from '../lib/clock.ts';
import { tryParseUrl } from '../lib/parse-url.ts';
import type { WantedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import { DOWNLOAD_TIMEOUT_MS } from './fetch-image.ts';
import type { ImageHosts } from './image-hosts.ts';

export interface ClaimedImage {
  readonly wanted: WantedImage;
  readonly host: string;
}

export interface ClaimedImages {
  /** Claims further images that are due by now. */
  lookAgain(): void;
  /** The next image whose host has room, no longer listed; undefined if there is none. */
  takeNext(): Promise<ClaimedImage | undefined>;
  /** When the first host is asked again that all listed images wait for; undefined if none is listed. */
  getNextOpenMs(): number | undefined;
  /** Whether so many images wait that they would be fetched noticeably later if each got its thumbnails first. */
  hasBacklog(): boolean;
  /** Gives back what is listed. */
  release(): Promise<void>;
}

interface ClaimedImagesDeps {
  readonly store: Pick<Store, 'claimImages' | 'countDueImages' | 'deferImages'>;
  readonly clock: Clock;
  readonly hosts: ImageHosts;
  /** How many waiting images are a backlog. */
  readonly minBacklog?: number | undefined;
}

const CLAIM_SIZE = 50;
const MAX_CLAIMED = 2000;
/** The thumbnails of as many take some 15 seconds, which no link is too short-lived for. */
const DEFAULT_MIN_BACKLOG = 500;
const LEASE_FACTOR = 2;

export function createClaimedImages({
  store,
  clock,
  hosts,
  minBacklog = DEFAULT_MIN_BACKLOG,
}: ClaimedImagesDeps): ClaimedImages {
  const claimed = new Map<string, ClaimedImage>();
  // What fails is due again later than this, so that a run tries everything once.
  let dueBeforeMs = clock.now();
  let mayHaveMore = true;
  let mustLook = false;
  let unclaimed = 0;

  const claim = async () => {
    const images = await store.claimImages({
      nowMs: clock.now(),
      dueBeforeMs,
      limit: CLAIM_SIZE,
      leaseMs: (kind) => LEASE_FACTOR * DOWNLOAD_TIMEOUT_MS[kind],
    });
    mayHaveMore = images.length === CLAIM_SIZE;
    unclaimed = mayHaveMore ? await store.countDueImages({ nowMs: dueBeforeMs, limit: minBacklog }) : 0;
    mustLook = false;
    for (const wanted of images) claimed.set(getKey(wanted), { wanted, host: getHost(wanted) });
  };

  /** Leaves the images of hosts that are down for later. */
  const deferGivenUp = async () => {
    const affected = [...claimed.values()].filter(({ host }) => hosts.isGivenUp(host));
    for (const host of new Set(affected.map((image) => image.host))) {
      const images = affected.filter((image) => image.host === host).map(({ wanted }) => wanted);
      for (const wanted of images) claimed.delete(getKey(wanted));
      const dueAtMs = hosts.getOpenUntilMs(host) ?? clock.now();
      await store.deferImages(images, { dueAtMs, error: 'its host failed repeatedly' });
    }
  };

  const findNext = (): ClaimedImage | undefined => {
    let next: ClaimedImage | undefined;
    for (const image of claimed.values())
      if ((!next || isBefore(image.wanted, next.wanted)) && hosts.canStart(image.host)) next = image;
    return next;
  };

  return {
    lookAgain: () => {
      dueBeforeMs = clock.now();
      mayHaveMore = true;
      mustLook = true;
    },
    takeNext: async () => {
      for (;;) {
        await deferGivenUp();
        const next = findNext();
        const canClaim = mayHaveMore && claimed.size < MAX_CLAIMED;
        if (next && !(mustLook && canClaim)) {
          claimed.delete(getKey(next.wanted));
          return next;
        }
        if (!canClaim) return undefined;
        await claim();
      }
    },
    getNextOpenMs: () => {
      const times = [...claimed.values()].map(({ host }) => hosts.getOpenUntilMs(host) ?? clock.now());
      return times.length === 0 ? undefined : Math.min(...times);
    },
    hasBacklog: () => claimed.size + unclaimed >= minBacklog,
    release: async () => {
      if (claimed.size === 0) return;
      await store.deferImages(
        [...claimed.values()].map(({ wanted }) => wanted),
        { dueAtMs: clock.now() },
      );
      claimed.clear();
    },
  };
}

function isBefore(a: WantedImage, b: WantedImage): boolean {
  if ((a.attempts === 0) !== (b.attempts === 0)) return a.attempts === 0;
  return a.addedAtMs > b.addedAtMs;
}

function getKey({ taskId, n }: WantedImage): string {
  return `${taskId}\n${n}`;
}

/** The host and port of its link. */
function getHost({ artifact }: WantedImage): string {
  return (artifact && tryParseUrl(artifact.url)?.host) ?? '';
}

/** Calls about images: queued, archived, failed, missing, unused. */
import fc from 'fast-check';
import type { ArchivedImage, WantedImage } from '../../../../src/store/contract/images.ts';
import { numberInput } from '../../../../src/task/image-number.ts';
import { sortOpenOrder } from './normalize.ts';
import { type Call, chooseLimit, createCalls, limitTo, pickSeen, type Session } from './session.ts';
import { back, delayMs, id } from './values.ts';

/** What hosts may answer; the same bytes are the same image. */
export const IMAGES: readonly ArchivedImage[] = [1, 2, 3, 4].map((at) => ({
  sha256: String(at).repeat(64),
  mediaType: at === 4 ? 'video/mp4' : 'image/png',
  bytes: 1000 * at,
  width: at === 4 ? undefined : 100 * at,
  height: at === 4 ? undefined : 150,
  thumbhash: at === 4 ? undefined : new Uint8Array([at, 200]),
}));

const sha256s = fc.subarray(IMAGES.map(({ sha256 }) => sha256));

/** An image that was claimed, or any. */
const wantedChoice = fc.oneof(
  fc.record({ back }),
  fc.record({ taskId: id, n: fc.constantFrom(0, 0, 1, numberInput(0)) }),
);
type WantedChoice = typeof wantedChoice extends fc.Arbitrary<infer Choice> ? Choice : never;

function findWanted({ seen }: Session, choice: WantedChoice): Pick<WantedImage, 'taskId' | 'n'> | undefined {
  return 'back' in choice ? pickSeen(seen.images, choice.back) : choice;
}

export const imageCalls: fc.WeightedArbitrary<Call>[] = [
  {
    weight: 3,
    arbitrary: createCalls(
      'claimImages',
      fc.record({ leaseMs: delayMs, dueBeforeMs: fc.option(delayMs, { nil: undefined }) }),
      async (session, { leaseMs, dueBeforeMs }) => {
        const nowMs = session.clock.now();
        const claimed = await session.store.claimImages({
          nowMs,
          ...(dueBeforeMs === undefined ? {} : { dueBeforeMs: nowMs - dueBeforeMs }),
          limit: chooseLimit(session),
          leaseMs: (kind) => (kind === 'videos' ? 2 * leaseMs : leaseMs),
        });
        // Those that were added at the same time are in no order.
        const images = sortOpenOrder(claimed, ({ taskId, n }) => `${taskId} ${n}`);
        session.seen.images.push(...images);
        return images;
      },
    ),
  },
  {
    weight: 6,
    arbitrary: createCalls(
      'archiveImage',
      fc.record({ wanted: wantedChoice, image: fc.constantFrom(...IMAGES) }),
      async (session, { wanted, image }) => {
        const found = findWanted(session, wanted);
        return found && session.store.archiveImage(found, image, session.clock.now());
      },
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'failImage',
      fc.record({
        wanted: wantedChoice,
        dueInMs: fc.option(delayMs, { nil: undefined }),
        error: fc.constantFrom('gone', 'too large'),
      }),
      async (session, { wanted, dueInMs, error }) => {
        const found = findWanted(session, wanted);
        const dueAtMs = dueInMs === undefined ? undefined : session.clock.now() + dueInMs;
        if (found) await session.store.failImage(found, { dueAtMs, error });
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'deferImages',
      fc.record({
        wanted: fc.array(wantedChoice, { maxLength: 2 }),
        dueInMs: delayMs,
        error: fc.constantFrom(undefined, 'its host is down'),
      }),
      async (session, { wanted, dueInMs, error }) => {
        const images = limitTo(session, wanted).flatMap((one) => findWanted(session, one) ?? []);
        const dueAtMs = session.clock.now() + dueInMs;
        await session.store.deferImages(images, { dueAtMs, ...(error ? { error } : {}) });
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('recordMissingImages', sha256s, async ({ store, clock, isSingle }, some) =>
      // It makes all images with these bytes due at the same time.
      isSingle ? undefined : store.recordMissingImages(some, clock.now()),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('recordFoundImages', sha256s, ({ store }, some) => store.recordFoundImages(some)),
  },
  {
    weight: 1,
    arbitrary: createCalls('reserveImage', fc.constantFrom(...IMAGES), ({ store, clock }, image) =>
      store.reserveImage(image, clock.now()),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'claimUnusedImages',
      fc.record({ unusedForMs: delayMs, leaseMs: delayMs }),
      async (session, { unusedForMs, leaseMs }) => {
        const nowMs = session.clock.now();
        const request = { nowMs, unusedBeforeMs: nowMs - unusedForMs, limit: chooseLimit(session), leaseMs };
        const claimed = await session.store.claimUnusedImages(request);
        return session.isSingle ? claimed : sortOpenOrder(claimed, ({ sha256 }) => sha256);
      },
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls('discardUnusedImages', sha256s, ({ store }, some) =>
      store.discardUnusedImages(some),
    ),
  },
];

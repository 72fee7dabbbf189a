/**
 * Decodes untrusted images in processes of their own, a few at a time: a decoder can take any amount of time and memory, and
 * the threads of this process are needed for files and name lookups.
 */
import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import type { InspectedImage } from './decode-image.ts';
import { createDecodeProcess, type DecodeProcess } from './decode-process.ts';
import type { DecodeJobs, DecodeRequest } from './jobs.ts';
import type { ThumbnailTarget } from './render-thumbnails.ts';

export interface Decoder {
  /** Decodes all of an image, and writes thumbnails from the same decode. @throws ImageFailure; the system's error */
  inspectImage(
    path: string,
    mediaType: string,
    thumbnails?: readonly ThumbnailTarget[],
  ): Promise<InspectedImage>;
  /** Checks the structure of a video, which is not decoded. @throws as above */
  inspectVideo(path: string, mediaType: string): Promise<void>;
  /** Writes thumbnails, at least one. @throws as above */
  createThumbnails(job: DecodeJobs['createThumbnails']['job'], urgency: ThumbnailUrgency): Promise<void>;
  /** Kills what is in progress. */
  close(): void;
}

/** `now`: a person waits for it; `idle`: after everything else. */
export type ThumbnailUrgency = 'now' | 'idle';

/** Their memory adds up. */
const MAX_PROCESSES = 2;
/** What is allowed takes seconds; a busy machine serves its callers first. */
const DECODE_TIMEOUT_MS = 2 * 60_000;
const INSPECT_PRIORITY = 0;
const THUMBNAIL_PRIORITY: Readonly<Record<ThumbnailUrgency, number>> = { now: 1, idle: -1 };

/** @param module entry file of the processes, which start with the first job */
export function createDecoder(module: URL, { timeoutMs = DECODE_TIMEOUT_MS } = {}): Decoder {
  const queue = new PQueue({ concurrency: Math.min(MAX_PROCESSES, availableParallelism()) });
  const processes = new Set<DecodeProcess>();
  const idle: DecodeProcess[] = [];
  let isClosed = false;

  const run = (request: DecodeRequest, priority = INSPECT_PRIORITY) =>
    queue.add(
      async () => {
        if (isClosed) throw createClosedError();
        const decoding = idle.pop() ?? createDecodeProcess(module, timeoutMs);
        processes.add(decoding);
        try {
          return await decoding.run(request);
        } finally {
          idle.push(decoding);
        }
      },
      { priority },
    );

  return {
    inspectImage: async (path, mediaType, thumbnails = []) =>
      (await run({ name: 'inspectImage', job: { path, mediaType, thumbnails } })) as InspectedImage, // as its job says
    inspectVideo: async (path, mediaType) => {
      await run({ name: 'inspectVideo', job: { path, mediaType } });
    },
    createThumbnails: async (job, urgency) => {
      await run({ name: 'createThumbnails', job }, THUMBNAIL_PRIORITY[urgency]);
    },
    close: () => {
      isClosed = true;
      for (const decoding of processes) decoding.kill(createClosedError());
    },
  };
}

function createClosedError(): Error {
  return new Error('the mirror is stopping');
}

/**
 * Decodes untrusted images in processes of their own, a few at a time: a decoder can take any amount of time and memory, and
 * the threads of this process are needed for files and name lookups.
 */
import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import type { ImageProperties } from './decode-image.ts';
import { createDecodeProcess, type DecodeProcess } from './decode-process.ts';
import type { DecodeJobs, DecodeRequest } from './jobs.ts';

export interface Decoder {
  /** Decodes all of an image. @throws ImageFailure; the system's error */
  inspectImage(path: string, mediaType: string): Promise<ImageProperties>;
  /** Checks the structure of a video, which is not decoded. @throws as above */
  inspectVideo(path: string, mediaType: string): Promise<void>;
  /** Takes precedence over inspecting, because a person waits for it. @throws as above */
  createThumbnail(job: DecodeJobs['createThumbnail']['job']): Promise<void>;
  /** Kills what is in progress. */
  close(): void;
}

/** Their memory adds up. */
const MAX_PROCESSES = 2;
/** What is allowed takes seconds; a busy machine serves its callers first. */
const DECODE_TIMEOUT_MS = 2 * 60_000;
const THUMBNAIL_PRIORITY = 1;

/** @param module entry file of the processes, which start with the first job */
export function createDecoder(module: URL, { timeoutMs = DECODE_TIMEOUT_MS } = {}): Decoder {
  const queue = new PQueue({ concurrency: Math.min(MAX_PROCESSES, availableParallelism()) });
  const processes = new Set<DecodeProcess>();
  const idle: DecodeProcess[] = [];
  let isClosed = false;

  const run = (request: DecodeRequest, priority = 0) =>
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
    inspectImage: async (path, mediaType) =>
      (await run({ name: 'inspectImage', job: { path, mediaType } })) as ImageProperties, // as its job says
    inspectVideo: async (path, mediaType) => {
      await run({ name: 'inspectVideo', job: { path, mediaType } });
    },
    createThumbnail: async (job) => {
      await run({ name: 'createThumbnail', job }, THUMBNAIL_PRIORITY);
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

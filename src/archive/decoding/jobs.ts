/** What the decoding process does, and how it reports: it is sent one job at a time. */
import { getErrorCode } from '../../lib/errno.ts';
import { ImageFailure } from '../failure.ts';
import { withByteSource } from './byte-source.ts';
import { isComplete } from './completeness.ts';
import { type InspectedImage, inspectImage, renderThumbnails } from './decode-image.ts';
import type { ThumbnailTarget } from './render-thumbnails.ts';

interface ImageJob {
  readonly path: string;
  readonly mediaType: string;
  readonly thumbnails: readonly ThumbnailTarget[];
}

export interface DecodeJobs {
  inspectImage: { job: ImageJob; result: InspectedImage };
  inspectVideo: { job: { path: string; mediaType: string }; result: undefined };
  /** At least one. */
  createThumbnails: { job: ImageJob; result: undefined };
}

export type DecodeName = keyof DecodeJobs;
export type DecodeRequest = {
  [Name in DecodeName]: { name: Name; job: DecodeJobs[Name]['job'] };
}[DecodeName];
export type DecodeReply =
  | 'ready'
  | { readonly result: DecodeJobs[DecodeName]['result'] }
  /** The image is to blame. */
  | { readonly failure: string }
  /** The machine is to blame. */
  | { readonly error: { readonly message: string; readonly code: string | undefined } };

/** Runs one job; never rejects. */
export async function runDecodeJob(request: DecodeRequest): Promise<DecodeReply> {
  try {
    return { result: await run(request) };
  } catch (error) {
    if (error instanceof ImageFailure) return { failure: error.message };
    const message = error instanceof Error ? error.message : String(error);
    return { error: { message, code: getErrorCode(error) } };
  }
}

async function run({ name, job }: DecodeRequest): Promise<DecodeJobs[DecodeName]['result']> {
  switch (name) {
    case 'inspectImage':
      return inspectImage(job.path, job.mediaType, job.thumbnails);
    case 'inspectVideo':
      if (!withByteSource(job.path, (source) => isComplete(source, job.mediaType)))
        throw new ImageFailure('damaged or cut off');
      return undefined;
    case 'createThumbnails':
      await renderThumbnails(job.path, job.mediaType, job.thumbnails);
      return undefined;
  }
}

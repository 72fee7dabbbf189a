/** What the decoding process does, and how it reports: it is sent one job at a time. */
import { writeFileSync } from 'node:fs';
import { getErrorCode } from '../../lib/errno.ts';
import { ImageFailure } from '../failure.ts';
import { withByteSource } from './byte-source.ts';
import { isComplete } from './completeness.ts';
import { type ImageProperties, inspectImage, renderImage } from './decode-image.ts';

export interface DecodeJobs {
  inspectImage: { job: { path: string; mediaType: string }; result: ImageProperties };
  inspectVideo: { job: { path: string; mediaType: string }; result: undefined };
  createThumbnail: {
    job: {
      path: string;
      mediaType: string;
      /** Must not exist yet. */
      target: string;
      width: number;
      height: number;
      quality: number;
    };
    result: undefined;
  };
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

async function run(request: DecodeRequest): Promise<DecodeJobs[DecodeName]['result']> {
  switch (request.name) {
    case 'inspectImage':
      return inspectImage(request.job.path, request.job.mediaType);
    case 'inspectVideo':
      if (!withByteSource(request.job.path, (source) => isComplete(source, request.job.mediaType)))
        throw new ImageFailure('damaged or cut off');
      return undefined;
    case 'createThumbnail':
      writeFileSync(
        request.job.target,
        await renderImage(request.job.path, request.job.mediaType, request.job),
        {
          flag: 'wx',
          mode: 0o600,
        },
      );
  }
}

/** Downloads one image or video to a temporary file and inspects it. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import { USER_AGENT } from '../lib/version.ts';
import { decodeResponse } from '../outbound/decode-response.ts';
import { DEFAULT_MIN_RATE, type MinRate, type RateWatch, watchRate } from '../outbound/min-rate.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Artifact, TaskKind } from '../task/artifacts.ts';
import type { Decoder } from './decoding/decoder.ts';
import type { ThumbnailTarget } from './decoding/render-thumbnails.ts';
import { HostFailure, ImageFailure } from './failure.ts';
import type { ImageFiles } from './files.ts';
import { inspectArtifact } from './inspect.ts';
import type { ReceivedFile } from './received-files.ts';
import { createNetworkFailure, createStatusFailure } from './request-failure.ts';

export interface FetchedImage {
  readonly received: ReceivedFile;
  readonly image: ArchivedImage;
  readonly thumbnailError: string | undefined;
}

export interface FetchDeps {
  readonly safeFetch: SafeFetch;
  readonly files: ImageFiles;
  readonly decoder: Decoder;
  readonly maxImageBytes: number;
  readonly maxVideoBytes: number;
  readonly clock: Clock;
  /** What a host must send at least; default: 1 KiB a second. */
  readonly minImageRate?: MinRate | undefined;
}

/** Of a link to an image or a video. */
export const MAX_REDIRECTS = 3;
/** For the whole download, however slowly it arrives. */
export const DOWNLOAD_TIMEOUT_MS: Readonly<Record<TaskKind, number>> = {
  images: 2 * 60_000,
  videos: 15 * 60_000,
};
/** What a request for one accepts. */
export const ACCEPT: Readonly<Record<TaskKind, string>> = { images: 'image/*', videos: 'video/*' };

/**
 * Fetches, hashes and inspects.
 * @param thumbnails to be written from the same decode; that they can't be does not fail the image
 * @throws ImageFailure with the reason; the system's error for a disk problem
 */
export async function fetchImage(
  {
    safeFetch,
    files,
    decoder,
    maxImageBytes,
    maxVideoBytes,
    clock,
    minImageRate = DEFAULT_MIN_RATE,
  }: FetchDeps,
  artifact: Artifact,
  stop: AbortSignal,
  thumbnails: readonly ThumbnailTarget[] = [],
): Promise<FetchedImage> {
  const maxBytes = artifact.kind === 'videos' ? maxVideoBytes : maxImageBytes;
  const deadline = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS[artifact.kind]);
  const rate = watchRate(minImageRate);
  try {
    const answer = await ask(safeFetch, artifact, AbortSignal.any([deadline, rate.signal, stop]));
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw createStatusFailure(answer, clock.now());
    }
    const received = await files.receive(readImageBytes(answer, maxBytes, rate), maxBytes);
    rate.end();
    try {
      const { sha256, bytes } = received;
      const inspected = await inspectArtifact(received.path, artifact, decoder, thumbnails);
      const { properties, thumbnailError } = inspected;
      return { received, image: { sha256, bytes, ...properties }, thumbnailError };
    } catch (error) {
      await files.discard(received);
      throw error;
    }
  } catch (error) {
    if (rate.signal.aborted) throw new HostFailure('its host is too slow', undefined, { cause: error });
    if (deadline.aborted) throw new HostFailure('took too long', undefined, { cause: error });
    throw error;
  } finally {
    rate.end();
  }
}

async function ask(
  safeFetch: SafeFetch,
  { kind, url }: Artifact,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  try {
    return await safeFetch.fetch(url, {
      method: 'GET',
      signal,
      maxRedirects: MAX_REDIRECTS,
      headers: {
        accept: ACCEPT[kind],
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
      },
    });
  } catch (error) {
    throw createNetworkFailure(error);
  }
}

async function* readImageBytes(
  response: IncomingMessage,
  maxBytes: number,
  rate: RateWatch,
): AsyncGenerator<Uint8Array> {
  try {
    if (Number(response.headers['content-length'] ?? 0) > maxBytes)
      throw new ImageFailure(`larger than ${maxBytes} bytes`);
    for await (const chunk of await decodeResponse(response)) {
      rate.count(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw createNetworkFailure(error);
  } finally {
    response.destroy(); // no effect if it was read to its end
  }
}

/** Downloads one image or video to a temporary file and inspects it. */

import type { IncomingMessage } from 'node:http';
import { getErrorCode } from '../lib/errno.ts';
import { USER_AGENT } from '../lib/version.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import { isRedirection, type SafeFetch } from '../outbound/safe-fetch.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Artifact, TaskKind } from '../task/artifacts.ts';
import { ImageFailure } from './failure.ts';
import type { ImageFiles, ReceivedFile } from './files.ts';
import { inspectArtifact } from './inspect.ts';

export interface FetchedImage {
  readonly received: ReceivedFile;
  readonly image: ArchivedImage;
}

export interface FetchDeps {
  readonly safeFetch: SafeFetch;
  readonly files: ImageFiles;
  readonly maxImageBytes: number;
  readonly maxVideoBytes: number;
}

const MAX_REDIRECTS = 3;
/** For the whole download, however slowly it arrives. */
export const DOWNLOAD_TIMEOUT_MS: Readonly<Record<TaskKind, number>> = {
  images: 2 * 60_000,
  videos: 15 * 60_000,
};
const ACCEPT: Readonly<Record<TaskKind, string>> = { images: 'image/*', videos: 'video/*' };

/**
 * Fetches, hashes and inspects.
 * @throws ImageFailure with the reason; the system's error for a disk problem
 */
export async function fetchImage(
  { safeFetch, files, maxImageBytes, maxVideoBytes }: FetchDeps,
  artifact: Artifact,
  stop: AbortSignal,
): Promise<FetchedImage> {
  const maxBytes = artifact.kind === 'videos' ? maxVideoBytes : maxImageBytes;
  const deadline = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS[artifact.kind]);
  try {
    const answer = await ask(safeFetch, artifact, AbortSignal.any([deadline, stop]));
    const received = await files.receive(readImageBytes(answer, maxBytes), maxBytes);
    try {
      const { sha256, bytes } = received;
      return { received, image: { sha256, bytes, ...(await inspectArtifact(received.path, artifact)) } };
    } catch (error) {
      await files.discard(received);
      throw error;
    }
  } catch (error) {
    if (deadline.aborted) throw new ImageFailure('took too long', { cause: error });
    throw error;
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

async function* readImageBytes(response: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  const { statusCode, headers } = response;
  try {
    if (isRedirection(response)) throw new ImageFailure('too many redirects');
    if (statusCode !== 200) throw new ImageFailure(`its host answered ${statusCode}`);
    if (Number(headers['content-length'] ?? 0) > maxBytes)
      throw new ImageFailure(`larger than ${maxBytes} bytes`);
    yield* response;
  } catch (error) {
    throw createNetworkFailure(error);
  } finally {
    response.destroy(); // no effect if it was read to its end
  }
}

function createNetworkFailure(error: unknown): ImageFailure {
  if (error instanceof ImageFailure) return error;
  if (error instanceof ForbiddenAddress)
    return new ImageFailure(`refused: ${error.message}`, { cause: error });
  const code = getErrorCode(error) ?? 'no code';
  return new ImageFailure(`could not be fetched (${code})`, { cause: error });
}

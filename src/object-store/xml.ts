/** The little XML that S3 answers: errors and listings. */
import type { IncomingMessage } from 'node:http';
import { readChunks } from './read-chunks.ts';

/** A page of a listing has at most 1,000 keys of at most 1,024 bytes. */
const MAX_LISTING_BYTES = 4 * 2 ** 20;
const MAX_ERROR_BYTES = 64 * 1024;

export interface Listing {
  readonly objects: readonly { readonly key: string; readonly bytes: number }[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** Only words of the alphabet of S3: what an error says besides may contain what was sent. Reads the answer to its end. */
export async function readErrorBody(
  response: IncomingMessage,
): Promise<{ code: string | undefined; region: string | undefined }> {
  // Whatever went wrong, the status has been received.
  const text = (await readText(response, MAX_ERROR_BYTES).catch(() => undefined)) ?? '';
  const code = findElement(text, 'Code');
  const region = findElement(text, 'Region');
  return {
    code: code !== undefined && /^[A-Za-z\d]{1,64}$/.test(code) ? code : undefined,
    region,
  };
}

/** @returns undefined if it is no listing @throws the system's error */
export async function readListing(response: IncomingMessage): Promise<Listing | undefined> {
  const text = await readText(response, MAX_LISTING_BYTES);
  if (text === undefined || !/<ListBucketResult[\s>]/.test(text) || !text.includes('</ListBucketResult>'))
    return undefined;
  const objects = [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = '']) => ({
    key: findElement(entry, 'Key') ?? '',
    bytes: Number(findElement(entry, 'Size') ?? Number.NaN),
  }));
  const isTruncated = findElement(text, 'IsTruncated') === 'true';
  const next = isTruncated ? findElement(text, 'NextContinuationToken') : undefined;
  return isTruncated && next === undefined ? undefined : { objects, next };
}

function findElement(text: string, name: string): string | undefined {
  const match = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text);
  return match?.[1]?.replace(/&(amp|lt|gt|quot|apos|#\d{1,7});/g, (_, entity: string) =>
    decodeEntity(entity),
  );
}

function decodeEntity(entity: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return named[entity] ?? String.fromCodePoint(Math.min(Number(entity.slice(1)), 0x10ffff));
}

/** @returns undefined if it is longer than that */
async function readText(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readChunks(response)) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      response.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

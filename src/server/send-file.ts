/** Sends files of the archive: whole, in ranges, or not again. */
import { Readable } from 'node:stream';
import rangeParser from 'range-parser';
import type { ByteRange, ImageContent } from '../archive/image-storage.ts';
import type { ServerContext } from './deps.ts';

export interface FileDescription {
  readonly mediaType: string;
  readonly etag: string;
  readonly cacheControl: string;
}

/** A file whose size is known before it is read. It is read or checked, once. */
export interface SendableFile {
  /** Bytes. */
  readonly size: number;
  open(range: ByteRange): Promise<ImageContent>;
  /** Checks that it is there, for a response without a body. */
  check(): Promise<void>;
}

/** @throws what opening or checking the file throws */
export async function sendFile(
  c: ServerContext,
  file: SendableFile,
  description: FileDescription,
): Promise<Response> {
  const { status, headers, range } = decideResponse(c, file.size, description);
  if (range === undefined || c.env.incoming.method === 'HEAD') {
    await file.check();
    return c.body(null, status, headers);
  }
  const content = await file.open(range);
  // A stream takes twice as long as the bytes of a thumbnail, and a page has forty.
  if (content.bytes <= MAX_READ_AT_ONCE) return c.body(await content.read(), status, headers);
  return c.body(Readable.toWeb(content.stream()) as ReadableStream, status, headers);
}

/** Bytes. */
const MAX_READ_AT_ONCE = 256 * 1024;

/** @returns the bytes to send as `range`, if any */
function decideResponse(c: ServerContext, size: number, { mediaType, etag, cacheControl }: FileDescription) {
  const headers: Record<string, string> = {
    etag,
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    'content-type': mediaType,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  };
  if (matchesEtag(c.req.header('if-none-match'), etag)) return { status: 304, headers } as const;
  const part = parseRange(c, size, etag);
  if (part === 'unsatisfiable')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } } as const;
  const range = part ?? { start: 0, end: size - 1 };
  headers['content-length'] = String(range.end - range.start + 1);
  if (part) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  return { status: part ? 206 : 200, headers, range } as const;
}

/** `If-None-Match` (RFC 9110, section 13.1.2): a list of tags, compared weakly, or `*`. */
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

/** A single range is honoured; for several, or a stale `If-Range`, the whole file is sent. */
function parseRange(c: ServerContext, size: number, etag: string): ByteRange | 'unsatisfiable' | undefined {
  const header = c.req.header('range');
  const condition = c.req.header('if-range');
  if (header === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const ranges = rangeParser(size, header, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined;
  return ranges[0];
}

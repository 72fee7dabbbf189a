/** Sends files of the archive: whole, in ranges, or not again. */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import rangeParser from 'range-parser';
import type { OpenFile } from '../archive/open-file.ts';
import type { ServerContext } from './deps.ts';

export interface FileDescription {
  readonly mediaType: string;
  readonly etag: string;
  readonly cacheControl: string;
}

/** Sends an open file, and closes it. */
export async function sendFile(
  c: ServerContext,
  { handle, stats }: OpenFile,
  description: FileDescription,
): Promise<Response> {
  const { status, headers, range } = decideResponse(c, stats.size, description);
  if (range === undefined || c.env.incoming.method === 'HEAD') {
    await handle.close();
    return c.body(null, status, headers);
  }
  // A stream takes twice as long as the bytes of a thumbnail, and a page has forty.
  if (range.end - range.start < MAX_READ_AT_ONCE)
    return c.body(await readRange(handle, range), status, headers);
  return c.body(Readable.toWeb(handle.createReadStream(range)) as ReadableStream, status, headers);
}

/** Bytes. */
const MAX_READ_AT_ONCE = 256 * 1024;

/** Reads a part of an open file, and closes it. @throws Error if the file has become shorter */
async function readRange(handle: FileHandle, { start, end }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = new Uint8Array(end - start + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) throw new Error('an archived file has become shorter while it was read');
    return bytes;
  } finally {
    await handle.close();
  }
}

/** As in `Range`: the last byte counts. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

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

/** Decodes a response that came compressed, although it was asked for as it is (RFC 9110, section 8.4). */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** The response has an encoding that can't be decoded. */
export class UnknownEncoding extends Error {
  override readonly name = 'UnknownEncoding';
}

/** More than that no server applies by mistake. */
const MAX_ENCODINGS = 3;

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

/**
 * The response's own bytes, decoded as they are read: whoever reads them decides how many are too many.
 * @throws UnknownEncoding
 */
export async function decodeResponse(response: IncomingMessage): Promise<Readable> {
  const encodings = listEncodings(response.headers['content-encoding']);
  if (encodings.length > MAX_ENCODINGS) throw new UnknownEncoding(encodings.join(', '));
  let stream: Readable = response;
  // The last one was applied last.
  for (const encoding of encodings.reverse()) {
    const createDecoder = DECODERS[encoding];
    if (!createDecoder) throw new UnknownEncoding(encoding);
    const decoder =
      encoding === 'deflate' && !(await hasZlibHeader(stream)) ? createInflateRaw() : createDecoder();
    // The reader gets the error; without a callback it would be thrown.
    stream = pipeline(stream, decoder, () => undefined);
  }
  return stream;
}

function listEncodings(header = ''): string[] {
  return header
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
}

/** "deflate" is the zlib format, but some servers send the bare one (section 8.4.1.2). */
async function hasZlibHeader(stream: Readable): Promise<boolean> {
  const first = await peek(stream);
  return first === undefined || (first[0] ?? 0) % 16 === 8;
}

/** The first bytes, which stay in the stream. */
async function peek(stream: Readable): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const read = () => {
      const chunk = stream.read() as Buffer | null;
      if (chunk === null) return;
      stop();
      stream.unshift(chunk);
      resolve(chunk);
    };
    const end = () => {
      stop();
      resolve(undefined);
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const stop = () => stream.off('readable', read).off('end', end).off('error', fail);
    stream.on('readable', read).once('end', end).once('error', fail);
    read();
  });
}

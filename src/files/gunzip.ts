/**
 * Decompresses gzip so that everything before a damage is kept: Node's own gunzip discards what it has not yet delivered
 * when it finds one, and takes a member followed by something else for damaged.
 */
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';

const MAGIC = Buffer.from([0x1f, 0x8b]);
const FIXED_HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Flags of RFC 1952. */
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;
/** Compressed bytes per step; an error loses the output of its step only. */
const STEP_BYTES = 1024;

export interface Decompression {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Known when all bytes were read: why they are not the whole input. */
  problem(): string | undefined;
}

/** Decompresses what begins like gzip, whatever the file name, and passes anything else through. */
export function decompress(chunks: AsyncIterable<Uint8Array>): Decompression {
  let problem: string | undefined;
  async function* read(): AsyncGenerator<Uint8Array> {
    const reader = new ByteReader(chunks);
    if (await startsMember(reader)) problem = yield* readMembers(reader);
    else yield* readRest(reader);
  }
  return { bytes: read(), problem: () => problem };
}

async function* readMembers(reader: ByteReader): AsyncGenerator<Uint8Array, string | undefined> {
  do {
    if (!(await skipHeader(reader)) || !(yield* inflateMember(reader))) {
      return 'the gzip is damaged or incomplete from here on';
    }
    await skipPadding(reader);
    if (reader.window.length === 0) return undefined;
  } while (await startsMember(reader));
  return 'the gzip ends here, and something else follows it';
}

async function* readRest(reader: ByteReader): AsyncGenerator<Uint8Array> {
  do {
    const bytes = Buffer.from(reader.window);
    reader.consume(bytes.length);
    if (bytes.length > 0) yield bytes;
  } while (await reader.fill());
}

async function startsMember(reader: ByteReader): Promise<boolean> {
  return (await fillAtLeast(reader, MAGIC.length)) && reader.window.subarray(0, MAGIC.length).equals(MAGIC);
}

/** @returns whether the header is complete */
async function skipHeader(reader: ByteReader): Promise<boolean> {
  if (!(await fillAtLeast(reader, FIXED_HEADER_BYTES))) return false;
  const method = reader.window[2];
  const flags = reader.window[3] ?? 0;
  if (method !== 8) return false;
  reader.consume(FIXED_HEADER_BYTES);
  if (flags & FLAG.extra) {
    if (!(await fillAtLeast(reader, 2))) return false;
    if (!(await skipBytes(reader, 2 + reader.window.readUInt16LE(0)))) return false;
  }
  if (flags & FLAG.name && !(await skipText(reader))) return false;
  if (flags & FLAG.comment && !(await skipText(reader))) return false;
  return !(flags & FLAG.headerCrc) || (await skipBytes(reader, 2));
}

/** @returns whether the member is complete and its checksum right */
async function* inflateMember(reader: ByteReader): AsyncGenerator<Uint8Array, boolean> {
  const inflate = createInflateRaw();
  let output: Buffer[] = [];
  inflate.on('data', (bytes: Buffer) => output.push(bytes));
  let checksum = 0;
  let size = 0;
  for (let state: StepResult = 'more'; state !== 'end'; ) {
    if (reader.window.length === 0 && !(await reader.fill())) return false;
    const input = Buffer.from(reader.window.subarray(0, STEP_BYTES));
    const before = inflate.bytesWritten;
    state = await writeStep(inflate, input);
    reader.consume(inflate.bytesWritten - before);
    const chunks = output;
    output = [];
    for (const bytes of chunks) {
      checksum = crc32(bytes, checksum);
      size = (size + bytes.length) % 2 ** 32;
      yield bytes;
    }
    if (state === 'error') return false;
  }
  if (!(await fillAtLeast(reader, TRAILER_BYTES))) return false;
  const isWhole = reader.window.readUInt32LE(0) === checksum && reader.window.readUInt32LE(4) === size;
  reader.consume(TRAILER_BYTES);
  return isWhole;
}

type StepResult = 'more' | 'end' | 'error';

/** Resolves when all of the input is used, or the compressed data has ended before it. */
function writeStep(inflate: InflateRaw, input: Buffer): Promise<StepResult> {
  return new Promise((resolve) => {
    const onEnd = () => resolve('end');
    const onError = () => resolve('error');
    inflate.once('end', onEnd).once('error', onError);
    inflate.write(input, (error) => {
      inflate.off('end', onEnd);
      if (!error) inflate.off('error', onError);
      resolve(error ? 'error' : 'more');
    });
  });
}

/** Archives are often padded with zeros. */
async function skipPadding(reader: ByteReader): Promise<void> {
  do {
    const at = reader.window.findIndex((byte) => byte !== 0);
    reader.consume(at === -1 ? reader.window.length : at);
    if (at !== -1) return;
  } while (await reader.fill());
}

/** Skips a text that ends with a zero byte. */
async function skipText(reader: ByteReader): Promise<boolean> {
  for (;;) {
    const at = reader.window.indexOf(0);
    reader.consume(at === -1 ? reader.window.length : at + 1);
    if (at !== -1) return true;
    if (!(await reader.fill())) return false;
  }
}

async function skipBytes(reader: ByteReader, count: number): Promise<boolean> {
  const isThere = await fillAtLeast(reader, count);
  if (isThere) reader.consume(count);
  return isThere;
}

async function fillAtLeast(reader: ByteReader, count: number): Promise<boolean> {
  while (reader.window.length < count) if (!(await reader.fill())) return false;
  return true;
}

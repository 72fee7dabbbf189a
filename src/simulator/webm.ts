/** A WebM of still frames (RFC 8794, RFC 9559): each is a key frame of VP8, which a lossy WebP has inside. */

export interface Film {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Lossy WebP images of that size. */
  readonly frames: readonly Buffer[];
}

const ID = {
  header: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

/** Timestamps are in milliseconds. */
const NANOSECONDS_PER_TICK = 1_000_000;
const TRACK = 1;
const VIDEO_TRACK = 1;
const KEY_FRAME = 0x80;
const APP = 'flux-mirror';
/** RIFF, its size, and WEBP. */
const WEBP_HEADER_BYTES = 12;

export function createWebm({ width, height, framesPerSecond, frames }: Film): Buffer {
  const toMs = (frame: number) => Math.round((frame * 1000) / framesPerSecond);
  const info = element(
    ID.info,
    element(ID.timestampScale, integer(NANOSECONDS_PER_TICK)),
    element(ID.muxingApp, Buffer.from(APP)),
    element(ID.writingApp, Buffer.from(APP)),
    element(ID.duration, float(toMs(frames.length))),
  );
  const video = element(
    ID.video,
    element(ID.pixelWidth, integer(width)),
    element(ID.pixelHeight, integer(height)),
  );
  const track = element(
    ID.trackEntry,
    element(ID.trackNumber, integer(TRACK)),
    element(ID.trackUid, integer(TRACK)),
    element(ID.trackType, integer(VIDEO_TRACK)),
    element(ID.codecId, Buffer.from('V_VP8')),
    video,
  );
  const blocks = frames.map((frame, at) => element(ID.simpleBlock, blockHeader(toMs(at)), extractVp8(frame)));
  return Buffer.concat([
    element(ID.header, element(ID.docType, Buffer.from('webm'))),
    element(
      ID.segment,
      info,
      element(ID.tracks, track),
      element(ID.cluster, element(ID.timestamp, integer(0)), ...blocks),
    ),
  ]);
}

/** @throws Error if it is no lossy WebP without transparency */
function extractVp8(webp: Buffer): Buffer {
  const chunk = webp.subarray(WEBP_HEADER_BYTES);
  if (chunk.toString('latin1', 0, 4) !== 'VP8 ') throw new Error('not a lossy WebP');
  return chunk.subarray(8, 8 + chunk.readUInt32LE(4));
}

/** Of a block in a cluster that begins at 0. */
function blockHeader(timestampMs: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(0x80 | TRACK, 0);
  header.writeInt16BE(timestampMs, 1);
  header.writeUInt8(KEY_FRAME, 3);
  return header;
}

/** Its size is always written in eight bytes. */
function element(id: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((0x01n << 56n) | BigInt(content.length));
  return Buffer.concat([integer(id), size, content]);
}

/** Without leading zeros, but at least one byte. */
function integer(value: number): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

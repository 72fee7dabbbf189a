/** Small image files that decode to a lot: zeros compress a thousandfold, and what an animation announces costs nothing. */
import { constants, crc32, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const BLOCK = 1 << 20;
/** A block of zeros, independent of what is before it. */
const ZEROS = deflateRawSync(Buffer.alloc(BLOCK), { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** A valid zlib stream of zeros. */
function compressZeros(length: number): Buffer {
  const rest = deflateRawSync(Buffer.alloc(length % BLOCK), { level: 9 });
  const checksum = Buffer.alloc(4);
  checksum.writeUInt16BE(length % 65_521, 0); // Adler-32 of zeros
  checksum.writeUInt16BE(1, 2);
  const blocks = Array.from({ length: Math.floor(length / BLOCK) }, () => ZEROS);
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...blocks, rest, checksum]);
}

function createChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** First column and row, and the distances to the next ones, of the passes of an interlaced PNG. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A whole, valid PNG of transparent black, with four channels. */
export function createBlackPng({ width = 1, height = 1, bits = 8, isInterlaced = false }): Buffer {
  const bytesPerPixel = bits / 2;
  const passes = isInterlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  let length = 0;
  for (const [x, y, dx, dy] of passes) {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    if (columns > 0 && rows > 0) length += rows * (1 + columns * bytesPerPixel);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 6, 0, 0, isInterlaced ? 1 : 0], 8);
  return Buffer.concat([
    PNG_SIGNATURE,
    createChunk('IHDR', header),
    createChunk('IDAT', compressZeros(length)),
    createChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** An animated PNG of one pixel. @param frames besides the first one, which readers without animation show */
export function createAnimatedPng(frames: number): Buffer {
  const header = Buffer.from('00000001000000010806000000', 'hex');
  const pixels = deflateSync(Buffer.alloc(5));
  const control = (sequence: number) => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence, 0);
    data.writeUInt32BE(1, 4);
    data.writeUInt32BE(1, 8);
    return createChunk('fcTL', data);
  };
  const animation = Buffer.alloc(8);
  animation.writeUInt32BE(frames + 1, 0);
  const others = Array.from({ length: frames }, (_, at) => {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32BE(2 * at + 2);
    return [control(2 * at + 1), createChunk('fdAT', Buffer.concat([sequence, pixels]))];
  }).flat();
  return Buffer.concat([
    PNG_SIGNATURE,
    createChunk('IHDR', header),
    createChunk('acTL', animation),
    control(0),
    createChunk('IDAT', pixels),
    ...others,
    createChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** An animated GIF of which every frame changes one pixel. @param isCovering claims that each has them all */
export function createGif({ width = 1, height = 1, frames = 1, isCovering = false }): Buffer {
  const header = Buffer.from('474946383961000000008000000000000000ff', 'hex');
  header.writeUInt16LE(width, 6);
  header.writeUInt16LE(height, 8);
  const frame = Buffer.from('21f904000a0000002c00000000010001000002024401' + '00', 'hex');
  if (isCovering) header.copy(frame, 13, 6, 10);
  return Buffer.concat([header, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** An animated WebP of which every frame changes one pixel. */
export async function createAnimatedWebp({ width = 1, height = 1, frames = 2 }): Promise<Buffer> {
  const pixel = { width: 1, height: 1, channels: 3 as const, background: 'red' };
  const image = (await sharp({ create: pixel }).webp({ lossless: true }).toBuffer()).subarray(12);
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x02;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const frame = createRiffChunk('ANMF', Buffer.concat([Buffer.alloc(16, 0), image]));
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    createRiffChunk('VP8X', canvas),
    createRiffChunk('ANIM', Buffer.alloc(6)),
    ...Array.from({ length: frames }, () => frame),
  ]);
  return createRiffChunk('RIFF', body);
}

function createRiffChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** A JPEG that claims another size in its header. */
export async function createJpegOf({
  width = 8,
  height = 8,
  progressive = false,
  orientation = 1,
}): Promise<Buffer> {
  const pixels = { width: 8, height: 8, channels: 3 as const, background: 'red' };
  const bytes = await sharp({ create: pixels })
    .jpeg({ progressive, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation })
    .toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

/** Small PNGs (RFC 2083) that differ by name, so that simulated images can be told apart in the gallery. */
import { crc32, deflateSync } from 'node:zlib';

/** Side of a block of pixels of one colour: the pattern is computed once per block. */
const BLOCK = 8;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB_8_BIT = [8, 2, 0, 0, 0];

/** An image of two colours and soft rings, deterministic by name and size (in pixels). */
export function createPng(name: string, { width, height }: { width: number; height: number }): Buffer {
  const seed = crc32(name);
  const from = [seed & 0xff, (seed >>> 8) & 0xff, (seed >>> 16) & 0xff] as const;
  const to = [(seed >>> 24) & 0xff, from[0] ^ 0x80, from[1] ^ 0x40] as const;
  const rowBytes = width * 3 + 1;
  const rows = Buffer.alloc(height * rowBytes);
  for (let y = 0; y < height; y += BLOCK) {
    const start = y * rowBytes;
    for (let x = 0; x < width; x += BLOCK) {
      const ring = (Math.sin(Math.hypot(x - (seed % width), y - height / 2) / 36) + 1) / 10;
      const mix = Math.min(1, (x / width + y / height) / 2 + ring);
      const colour = Buffer.from(
        [0, 1, 2].map((channel) => (from[channel] ?? 0) * (1 - mix) + (to[channel] ?? 0) * mix),
      );
      const at = start + 1 + x * 3;
      rows.fill(colour, at, Math.min(at + BLOCK * 3, start + rowBytes));
    }
    for (let copy = 1; copy < BLOCK && y + copy < height; copy += 1)
      rows.copy(rows, start + copy * rowBytes, start, start + rowBytes);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(RGB_8_BIT, 8);
  return Buffer.concat([
    SIGNATURE,
    createChunk('IHDR', header),
    createChunk('IDAT', deflateSync(rows, { level: 1 })),
    createChunk('IEND', Buffer.alloc(0)),
  ]);
}

function createChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body) >>> 0, body.length + 4);
  return framed;
}

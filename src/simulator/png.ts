/** Small PNGs (RFC 2083) that differ by name, so that simulated images can be told apart in the gallery. */
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB_8_BIT = [8, 2, 0, 0, 0];

/** A 256 × 256 image of two colours and soft rings, deterministic by name. */
export function createPng(name: string): Buffer {
  const seed = crc32(name);
  const from = [seed & 0xff, (seed >>> 8) & 0xff, (seed >>> 16) & 0xff] as const;
  const to = [(seed >>> 24) & 0xff, from[0] ^ 0x80, from[1] ^ 0x40] as const;
  const rows = Buffer.alloc(SIZE * (SIZE * 3 + 1));
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const ring = (Math.sin(Math.hypot(x - (seed % SIZE), y - SIZE / 2) / 9) + 1) / 10;
      const mix = Math.min(1, (x + y) / (2 * SIZE) + ring);
      const at = y * (SIZE * 3 + 1) + 1 + x * 3;
      for (const channel of [0, 1, 2] as const)
        rows[at + channel] = from[channel] * (1 - mix) + to[channel] * mix;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set(RGB_8_BIT, 8);
  return Buffer.concat([
    SIGNATURE,
    createChunk('IHDR', header),
    createChunk('IDAT', deflateSync(rows)),
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

/** The chunks of a PNG (ISO/IEC 15948, section 5.3), up to the one that ends it. */
import type { ByteSource } from './completeness.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const CHUNK_OVERHEAD_BYTES = 12;

/** Whether it has its last chunk, and all the frames that an animated one announces. */
export function isPngComplete(source: ByteSource): boolean {
  let announced = 0;
  let frames = 0;
  for (let offset = SIGNATURE_BYTES; offset + CHUNK_OVERHEAD_BYTES <= source.size; ) {
    const head = source.read(offset, CHUNK_OVERHEAD_BYTES);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') return frames >= announced;
    if (type === 'acTL') announced = head.readUInt32BE(8);
    if (type === 'fcTL') frames += 1;
    offset += CHUNK_OVERHEAD_BYTES + head.readUInt32BE(0);
  }
  return false;
}

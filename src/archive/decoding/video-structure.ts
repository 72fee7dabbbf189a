/** The outermost parts of video files: each says how long it is. AVIF has the structure of MP4. */
import type { ByteSource } from './completeness.ts';

/** Even long recordings in fragments have fewer. */
const MAX_PARTS = 1_000_000;
/** The size of a part whose head is not there. */
const CUT_OFF = Number.POSITIVE_INFINITY;
/** An id of four bytes, and a size of eight. */
const MAX_ELEMENT_HEAD_BYTES = 12;

/** Boxes (ISO/IEC 14496-12, section 4.2). */
export function isMp4Complete(source: ByteSource): boolean {
  return reachesEnd(source, (offset) => {
    const head = source.read(offset, 16);
    if (head.length < 8) return CUT_OFF;
    const size = head.readUInt32BE(0);
    if (size === 0) return source.size - offset; // to the end of the file
    if (size === 1) return head.length < 16 ? CUT_OFF : Number(head.readBigUInt64BE(8));
    return size;
  });
}

/** Elements of WebM (RFC 8794, section 6). One of unknown size, as live recordings have it, is entered. */
export function isMatroskaComplete(source: ByteSource): boolean {
  return reachesEnd(source, (offset) => {
    const head = source.read(offset, MAX_ELEMENT_HEAD_BYTES);
    const idBytes = countVintBytes(head[0]);
    const sizeBytes = countVintBytes(head[idBytes]);
    const headBytes = idBytes + sizeBytes;
    if (headBytes > head.length) return head.length < MAX_ELEMENT_HEAD_BYTES ? CUT_OFF : 0;
    const size = head.subarray(idBytes, headBytes);
    const isUnknown = size.every((byte, at) => byte === (at === 0 ? 2 ** (9 - sizeBytes) - 1 : 0xff));
    return isUnknown ? headBytes : headBytes + readVint(size);
  });
}

/**
 * Whether no part extends beyond the end of the file.
 * @param measure bytes of the part at this offset; fewer than two if it is none, as garbage behind the last part is
 */
function reachesEnd(source: ByteSource, measure: (offset: number) => number): boolean {
  let offset = 0;
  for (let parts = 0; offset < source.size && parts < MAX_PARTS; parts += 1) {
    const bytes = measure(offset);
    if (bytes < 2) return offset > 0;
    offset += bytes;
  }
  return offset === source.size;
}

/** Length of a variable-size integer, by the leading zeros of its first byte (RFC 8794, section 4). */
function countVintBytes(first = 0): number {
  return Math.clz32(first) - 23;
}

function readVint(bytes: Buffer): number {
  const [first = 0, ...rest] = bytes;
  return rest.reduce((value, byte) => value * 256 + byte, first & (2 ** (8 - bytes.length) - 1));
}

/** The blocks of a GIF (GIF89a specification), up to the trailer. */
import type { ByteSource } from './completeness.ts';

const HEADER_BYTES = 13;
const IMAGE_DESCRIPTOR_BYTES = 10;
const TRAILER = 0x3b;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const PADDING = 0x00;

/** Whether all its frames and extensions are there, and the trailer behind them. */
export function isGifComplete(source: ByteSource): boolean {
  const readByte = (offset: number) => source.read(offset, 1)[0];

  /** @returns the offset behind a sequence of sub-blocks, which an empty one ends */
  const skipSubBlocks = (start: number): number => {
    let offset = start;
    for (let length = readByte(offset); length !== undefined && length > 0; length = readByte(offset))
      offset += length + 1;
    return offset + 1;
  };

  let offset = HEADER_BYTES + getColorTableBytes(readByte(10));
  while (offset < source.size) {
    const kind = readByte(offset);
    if (kind === TRAILER) return true;
    else if (kind === PADDING) offset += 1;
    else if (kind === EXTENSION) offset = skipSubBlocks(offset + 2);
    else if (kind === IMAGE) {
      const table = getColorTableBytes(readByte(offset + IMAGE_DESCRIPTOR_BYTES - 1));
      offset = skipSubBlocks(offset + IMAGE_DESCRIPTOR_BYTES + table + 1);
    } else return false;
  }
  return false;
}

/** @param flags with the size of the colour table that follows, if one does */
function getColorTableBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

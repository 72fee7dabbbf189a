/**
 * Collects chunks of bytes in linear time and little memory. A caller may send a megabyte as a million chunks, each of which would be
 * an object of its own: small ones are copied together.
 */

export interface ByteCollector {
  readonly size: number;
  push(chunk: Uint8Array): void;
  /** Everything since the last call, as one. */
  take(): Buffer<ArrayBuffer>;
}

/** Larger chunks are kept as they are. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 16 * 1024;

export function createByteCollector(): ByteCollector {
  let chunks: Uint8Array[] = [];
  let block: Buffer | undefined;
  let used = 0;
  let size = 0;

  const endBlock = () => {
    if (block) chunks.push(block.subarray(0, used));
    block = undefined;
  };

  return {
    get size() {
      return size;
    },
    push: (chunk) => {
      const isFirst = size === 0; // most bodies are one chunk, which needs no copy
      size += chunk.length;
      if (isFirst || chunk.length > SMALL_BYTES) {
        endBlock();
        chunks.push(chunk);
        return;
      }
      if (block && used + chunk.length > BLOCK_BYTES) endBlock();
      if (!block) {
        block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
        used = 0;
      }
      block.set(chunk, used);
      used += chunk.length;
    },
    take: () => {
      endBlock();
      const [only] = chunks;
      const isOne = chunks.length === 1 && Buffer.isBuffer(only);
      const all = isOne ? (only as Buffer<ArrayBuffer>) : Buffer.concat(chunks);
      chunks = [];
      size = 0;
      return all;
    },
  };
}

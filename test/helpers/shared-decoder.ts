/** A decoder that the mirrors of all tests share: to start a decoding process takes longer than most tests. */
import { createDecoder, type Decoder } from '../../src/archive/decoding/decoder.ts';

let shared: Decoder | undefined;

/** @returns a decoder that outlives the mirror that closes it */
export function shareDecoder(): Decoder {
  shared ??= createDecoder(new URL('../../src/app/decode-process.ts', import.meta.url));
  return { ...shared, close: () => undefined };
}

/** For tests that look at the processes: ends those that others left. */
export function closeSharedDecoder(): void {
  shared?.close();
  shared = undefined;
}

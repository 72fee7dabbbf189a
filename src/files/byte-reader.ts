/** A sliding window over a byte stream; no byte is copied more than a few times. */

export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes read but not consumed. Valid until the next call of `fill`. */
  get window(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Reads more into the window. @returns false at the end of the stream */
  async fill(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    const used = this.#end - this.#start;
    if (this.#end + value.length > this.#bytes.length) {
      const fitsInPlace = used + value.length <= this.#bytes.length / 2;
      const target = fitsInPlace ? this.#bytes : Buffer.allocUnsafe(2 * (used + value.length));
      this.#bytes.copy(target, 0, this.#start, this.#end);
      this.#bytes = target;
      this.#start = 0;
      this.#end = used;
    }
    this.#bytes.set(value, this.#end);
    this.#end += value.length;
    return true;
  }

  /** Advances the window by `count` bytes. */
  consume(count: number): void {
    this.#start += count;
  }
}

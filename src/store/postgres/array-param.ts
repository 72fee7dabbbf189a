/**
 * Arrays as parameters in PostgreSQL's binary format. As texts, which `pg` makes of them, each quote of a document is escaped here and
 * parsed there: storing takes a third longer.
 */
import { replaceNul } from './text-values.ts';

interface Codec<Value> {
  /** Object identifier of the type, the same on every server. */
  readonly oid: number;
  isValue(value: unknown): value is Value;
  /** @returns bytes */
  measure(value: Value): number;
  write(value: Value, buffer: Buffer, at: number): void;
}

const TEXT: Codec<string> = {
  oid: 25,
  isValue: (value) => typeof value === 'string',
  measure: (value) => Buffer.byteLength(value),
  write: (value, buffer, at) => void buffer.write(value, at),
};

const TWO_TO_32 = 2 ** 32;

const BIGINT: Codec<number> = {
  oid: 20,
  isValue: (value): value is number => Number.isSafeInteger(value),
  measure: () => 8,
  write: (value, buffer, at) => {
    const high = Math.floor(value / TWO_TO_32);
    buffer.writeInt32BE(high, at);
    buffer.writeUInt32BE(value - high * TWO_TO_32, at + 4);
  },
};

const BYTEA: Codec<Buffer> = {
  oid: 17,
  isValue: (value) => Buffer.isBuffer(value),
  measure: (value) => value.length,
  write: (value, buffer, at) => void value.copy(buffer, at),
};

/** Dimensions, whether there are nulls, type; length and lower bound of the only dimension. */
const HEADER_BYTES = 5 * 4;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/**
 * @param type of the elements
 * @returns what is passed to a parameter that is cast to an array of that type: if some value is not of it, the values as they are, so that
 * PostgreSQL says what is wrong
 */
export function encodeArray(type: string, values: readonly unknown[]): Buffer | readonly unknown[] {
  switch (type) {
    case 'text':
      return encodeAs(TEXT, values.map(prepareText)) ?? values;
    case 'bigint':
      return encodeAs(BIGINT, values) ?? values;
    case 'bytea':
      return encodeAs(BYTEA, values) ?? values;
    default:
      return values;
  }
}

function prepareText(value: unknown): unknown {
  return typeof value === 'string' ? replaceNul(value) : value;
}

function encodeAs<Value>(codec: Codec<Value>, values: readonly unknown[]): Buffer | undefined {
  const elements: (Value | null)[] = [];
  const lengths: number[] = [];
  let total = HEADER_BYTES + values.length * LENGTH_BYTES;
  for (const value of values) {
    if (value !== null && !codec.isValue(value)) return undefined;
    const length = value === null ? NULL_LENGTH : codec.measure(value);
    elements.push(value);
    lengths.push(length);
    total += Math.max(length, 0);
  }
  const buffer = Buffer.allocUnsafe(total);
  let at = writeHeader(buffer, codec.oid, values.length);
  for (const [n, element] of elements.entries()) {
    const length = lengths[n] ?? NULL_LENGTH;
    at = buffer.writeInt32BE(length, at);
    if (element === null) continue;
    codec.write(element, buffer, at);
    at += length;
  }
  return buffer;
}

/** @returns the place behind it */
function writeHeader(buffer: Buffer, oid: number, count: number): number {
  let at = buffer.writeInt32BE(1, 0); // dimensions
  at = buffer.writeInt32BE(1, at); // there may be nulls
  at = buffer.writeInt32BE(oid, at);
  at = buffer.writeInt32BE(count, at);
  return buffer.writeInt32BE(1, at); // lower bound
}

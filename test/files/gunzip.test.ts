import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDocumentLines } from '../../src/files/document-lines.ts';
import { decompress } from '../../src/files/gunzip.ts';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const LINES = Array.from({ length: 500 }, (_, at) => `{"id":"${at}","noise":${Math.sin(at)}}`);
const TEXT = `${LINES.join('\n')}\n`;
const ENDS = 'the gzip ends here, and something else follows it';
const DAMAGED = 'the gzip is damaged or incomplete from here on';
const cutAt = (bytes: Buffer, end: number) => bytes.subarray(0, end);
/** With a file name, a comment, an extra field and a checksum of the header, as RFC 1952 allows. */
const withFullHeader = (bytes: Buffer) =>
  Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3]),
    Buffer.from('\u0003\0abcname\0comment\0xx', 'latin1'),
    bytes.subarray(10),
  ]);

describe('a gzipped file', () => {
  test.each<[string, Buffer, string, string | undefined]>([
    ['whole', gzipSync(TEXT), TEXT, undefined],
    ['not compressed at all', Buffer.from(TEXT), TEXT, undefined],
    ['of nothing', gzipSync(''), '', undefined],
    [
      'of several members',
      Buffer.concat([gzipSync('{"a":'), gzipSync(''), gzipSync('1}')]),
      '{"a":1}',
      undefined,
    ],
    ['with every optional field', withFullHeader(gzipSync(TEXT)), TEXT, undefined],
    ['padded with zeros', Buffer.concat([gzipSync(TEXT), Buffer.alloc(5000)]), TEXT, undefined],
    ['with garbage behind it', Buffer.concat([gzipSync(TEXT), Buffer.from('garbage')]), TEXT, ENDS],
    ['with a byte behind it', Buffer.concat([gzipSync(TEXT), Buffer.from([0x1f])]), TEXT, ENDS],
    ['with half a member behind it', Buffer.concat([gzipSync(TEXT), cutAt(gzipSync('x'), 5)]), TEXT, DAMAGED],
    ['without its checksum', cutAt(gzipSync(TEXT), -8), TEXT, DAMAGED],
    ['with a wrong checksum', Buffer.concat([cutAt(gzipSync(TEXT), -8), Buffer.alloc(8)]), TEXT, DAMAGED],
  ])('%s keeps all of its text, in chunks of any size', async (_name, bytes, text, problem) => {
    for (const size of [100, 1 << 20]) {
      const { bytes: chunks, problem: readProblem } = decompress(inChunks(bytes, size));
      const read: Uint8Array[] = [];
      for await (const chunk of chunks) read.push(chunk);
      expect([Buffer.concat(read).toString() === text, readProblem()]).toEqual([true, problem]);
    }
  });

  test.each([
    ['cut off', (bytes: Buffer) => cutAt(bytes, bytes.length >> 1)],
    ['overwritten', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, bytes.length >> 1)],
  ])('in the middle %s keeps the documents before that', async (_name, damage) => {
    const texts: string[] = [];
    const problems: string[] = [];
    for await (const line of readDocumentLines(inChunks(damage(gzipSync(TEXT)), 1 << 20))) {
      if ('problem' in line) problems.push(line.problem);
      else texts.push(line.text);
    }
    const whole = LINES.findIndex((line, at) => line !== texts[at]);
    expect(whole).toBeGreaterThan(150);
    expect(problems.at(-1)).toBe(DAMAGED);
  });

  test('keeps a last document that has no line end before the garbage', async () => {
    const file = Buffer.concat([gzipSync('{"id":"a"}{"id":"b"}'), Buffer.from('garbage')]);
    const seen: unknown[] = [];
    for await (const line of readDocumentLines(inChunks(file, 1)))
      seen.push('problem' in line ? line.problem : line.text);
    expect(seen).toEqual(['{"id":"a"}', '{"id":"b"}', ENDS]);
  });
});

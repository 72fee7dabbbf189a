import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type DocumentLine, readDocumentLines } from '../../src/files/document-lines.ts';
import { measureCpuMs } from '../helpers/cpu-time.ts';

async function read(bytes: Uint8Array, chunkSize: number): Promise<DocumentLine[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const lines: DocumentLine[] = [];
  for await (const line of readDocumentLines(chunks())) lines.push(line);
  return lines;
}

const SIZE = 6 * 1024 * 1024;

test.each([
  ['a document', `{"a":"${'x'.repeat(SIZE)}"}`, 4096],
  ['a document with spaces', `{"a":"${' '.repeat(SIZE)}"}`, 65_536],
  ['a document with spaces between its members', `{"a":1,${' '.repeat(SIZE)}"b":1}`, 65_536],
  ['spaces around a document', `${' '.repeat(SIZE)}{"a":1}${' '.repeat(SIZE)}`, 65_536],
  ['no JSON', 'x'.repeat(SIZE), 4096],
  ['an array that never ends', `[${'1,'.repeat(1000)}"${'x'.repeat(SIZE)}`, 4096],
  ['an object over lines', `{\n"a":"${'x'.repeat(SIZE)}"\n}`, 4096],
])('a line of 6 MB without an end is read in linear time: %s', async (_, text, chunkSize) => {
  for (const bytes of [Buffer.from(text), gzipSync(text, { level: 1 })]) {
    let lines: DocumentLine[] = [];
    const ms = await measureCpuMs(async () => {
      lines = await read(bytes, chunkSize);
    });
    expect(lines.length).toBeGreaterThan(0);
    expect(ms).toBeLessThan(5000);
  }
});

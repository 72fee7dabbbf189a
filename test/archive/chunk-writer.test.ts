import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createChunkWriter } from '../../src/archive/chunk-writer.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const KIB = 1024;

test.each<[string, number[]]>([
  ['nothing', []],
  ['one byte', [1]],
  ['many small chunks', Array<number>(100).fill(64 * KIB - 1)],
  ['a large chunk between small ones', [3, 5000 * KIB, 7]],
  ['exactly what is written at once', [512 * KIB, 512 * KIB]],
])('writes every byte in order, and little by little: %s', async (_, sizes) => {
  const path = join(temporaryDirectory(), 'file');
  const chunks = sizes.map((size, at) => Buffer.alloc(size, at + 1));
  const file = await open(path, 'wx');
  const writer = createChunkWriter(file);
  for (const chunk of chunks) {
    await writer.write(chunk);
    const total = chunks.slice(0, chunks.indexOf(chunk) + 1).reduce((sum, { length }) => sum + length, 0);
    expect(total - (await file.stat()).size).toBeLessThan(KIB ** 2);
  }
  await writer.flush();
  await file.close();
  expect(readFileSync(path).equals(Buffer.concat(chunks))).toBe(true);
});

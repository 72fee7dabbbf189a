import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteCollector } from '../../src/lib/byte-collector.ts';

test('gives back what it got, whatever the sizes of the chunks', () => {
  const sizes = fc.array(fc.oneof(fc.nat(5), fc.nat(6000), fc.nat(40_000)), { maxLength: 30 });
  fc.assert(
    fc.property(sizes, fc.nat(30), (lengths, takeAfter) => {
      const collector = createByteCollector();
      const chunks = lengths.map((length, at) => Buffer.alloc(length, at + 1));
      const taken: Buffer[] = [];
      for (const [at, chunk] of chunks.entries()) {
        collector.push(chunk);
        if (at === takeAfter) taken.push(collector.take());
      }
      taken.push(collector.take());
      expect(Buffer.concat(taken).equals(Buffer.concat(chunks))).toBe(true);
      expect([collector.size, collector.take().length]).toEqual([0, 0]);
    }),
  );
});

test('one chunk is not copied', () => {
  const collector = createByteCollector();
  const chunk = Buffer.from('{}');
  collector.push(chunk);
  expect(collector.take()).toBe(chunk);
});

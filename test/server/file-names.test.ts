/** Names of downloaded files. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAttachment } from '../../src/server/download/content-disposition.ts';
import { createTaskNamer } from '../../src/server/download/file-names.ts';
import { createSlug } from '../../src/task/file-name.ts';
import type { TaskId } from '../../src/task/id.ts';

const task = (prompt: string, id = '2db0168c-0000-4000-8000-000000000000') => ({
  id: id as TaskId,
  createdAtMs: Date.UTC(2026, 2, 14, 20),
  prompt,
});

describe('the name of a file', () => {
  test.each([
    ['a siamese cat', 'a-siamese-cat'],
    ['  A "Siamese" Cat!  ', 'a-siamese-cat'],
    ['一只白猫, 水墨画', '一只白猫-水墨画'],
    ['ねこ と ネコ', 'ねこ-と-ネコ'],
    ['Cafe\u0301', 'café'],
    ['../../etc/passwd\u0000', 'etc-passwd'],
    ['<b>:|?*\\', 'b'],
    ['a\u202Eb \u{1F408} c\uD800d', 'a-b-c-d'],
    ['...', ''],
    ['𠮷'.repeat(100), '𠮷'.repeat(44)],
    [`${'word '.repeat(8)}and-more`, 'word-word-word-word-word-word-word-word-and'],
  ])('has of %j: %j', (prompt, slug) => {
    expect(createSlug(prompt)).toBe(slug);
  });

  test('has the date in the given time zone, the prompt and the beginning of the id', () => {
    expect(createTaskNamer('UTC')(task('a siamese cat'))).toBe('2026-03-14 a-siamese-cat 2db0168c');
    expect(createTaskNamer('Asia/Tokyo')(task('a siamese cat'))).toBe('2026-03-15 a-siamese-cat 2db0168c');
    expect(createTaskNamer('UTC')(task('', '../x'))).toBe('2026-03-14 x');
    // Not half of a character.
    expect(createTaskNamer('UTC')(task('', `abcdefg${'𠮷'.repeat(2)}`))).toBe('2026-03-14 abcdefg𠮷');
  });

  test('is valid everywhere, and no other file has it, whatever the prompts and ids are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('CON', 'a. ', 'A', 'a', 'é', 'e\u0301', '𠮷'.repeat(200), 'ß', 'SS', 'İ'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 30 }), (tasks) => {
        const nameTask = createTaskNamer('UTC');
        const names = tasks.map(([prompt, id]) => `${nameTask(task(prompt, id))}-10.webm`);
        expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(names.length);
        for (const name of names) {
          expect(name).toMatch(/^[^<>:"/\\|?*\p{C}\s]+( [^<>:"/\\|?*\p{C}\s]+)*$/u);
          expect(Array.from(name).length).toBeLessThanOrEqual(80);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        }
      }),
    );
  });

  test('is sent in a form for old programs and in the exact one', () => {
    expect(formatAttachment('flux 白猫 (1)\'*%"\r\n.zip')).toBe(
      `attachment; filename="flux __ (1)'*____.zip"; filename*=UTF-8''flux%20%E7%99%BD%E7%8C%AB%20%281%29%27%2A%25%22%0D%0A.zip`,
    );
  });
});

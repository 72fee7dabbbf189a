import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText } from '../../src/lib/cut-text.ts';
import { cutAroundMatch } from '../../src/search/excerpt.ts';
import { findHighlights, type Highlight } from '../../src/search/highlights.ts';
import { searchRequest } from '../helpers/search.ts';

test('a short prompt stays whole', () => {
  expect(cutAroundMatch('a cat', [[2, 5]], 300)).toEqual({ text: 'a cat', start: 0, highlights: [[2, 5]] });
  expect(cutAroundMatch('', [], 300)).toEqual({ text: '', start: 0, highlights: [] });
});

test('a long prompt is cut around its first match, at the start of a word', () => {
  const prompt = `${'lorem ipsum '.repeat(100)}a white cat ${'dolor sit cat '.repeat(100)}`;
  const leaves = searchRequest('cat').query.parts.filter((part) => part.kind === 'phrase');
  const { text, start, highlights } = cutAroundMatch(prompt, findHighlights(leaves, prompt), 300);
  expect(text).toHaveLength(300);
  expect(prompt.slice(start, start + 300)).toBe(text);
  expect(prompt[start - 1]).toBe(' ');
  expect(text.indexOf('a white cat')).toBeLessThanOrEqual(60);
  expect(text).toMatch(/^(lorem|ipsum) /);
  expect(highlights.length).toBeGreaterThan(10);
  expect(new Set(highlights.map(([from, to]) => text.slice(from, to)))).toEqual(new Set(['cat']));
});

test('what is cut off is never half a character, and highlights are those of the prompt', () => {
  const unit = fc.constantFrom('a', ' ', '猫', '😀', 'é', '\n');
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 200 }).map((units) => units.join('')),
      fc.array(fc.nat(200), { maxLength: 6 }),
      fc.integer({ min: 2, max: 120 }),
      (prompt, places, max) => {
        const edges = [...new Set(places)].sort((a, b) => a - b).filter((at) => at <= prompt.length);
        const highlights = edges.flatMap((from, at): Highlight[] => {
          const to = edges[at + 1];
          return at % 2 === 0 && to !== undefined ? [[from, to]] : [];
        });
        const cut = cutAroundMatch(prompt, highlights, max);
        expect(cut.text.isWellFormed()).toBe(true);
        expect(cut.text.length).toBeLessThanOrEqual(max);
        expect(prompt.slice(cut.start, cut.start + cut.text.length)).toBe(cut.text);
        const marked = (at: number, list: readonly Highlight[]) =>
          list.some(([from, to]) => from <= at && at < to);
        for (let at = 0; at < cut.text.length; at += 1)
          expect(marked(at, cut.highlights)).toBe(marked(at + cut.start, highlights));
        const [first] = highlights;
        // A lead of at most 60, so the match begins in what is shown unless that is shorter.
        if (first && max > 61) expect(marked(first[0] - cut.start, cut.highlights)).toBe(true);
      },
    ),
  );
});

test('a text is cut before a character that does not fit', () => {
  expect(cutText('a😀b', 2)).toBe('a');
  expect(cutText('a😀b', 3)).toBe('a😀');
  expect(cutText('a😀', 9)).toBe('a😀');
  expect(cutText('', 0)).toBe('');
});

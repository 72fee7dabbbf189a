/** Near the edges, dragging scrolls. */
import { describe, expect, test } from 'vitest';
import { findScrollSpeed } from '../../../src/web/client/edge-scroller.ts';

const SPAN = { top: 100, bottom: 800 };

describe('the speed of scrolling while dragging', () => {
  test('is zero in the middle', () => {
    for (const y of [172, 450, 728]) expect(findScrollSpeed(y, SPAN)).toBeCloseTo(0);
  });

  test('rises towards both edges, upwards and downwards', () => {
    expect(findScrollSpeed(136, SPAN)).toBeCloseTo(-0.6);
    expect(findScrollSpeed(764, SPAN)).toBeCloseTo(0.6);
    expect(findScrollSpeed(100, SPAN)).toBeCloseTo(-1.2);
    expect(findScrollSpeed(800, SPAN)).toBeCloseTo(1.2);
  });

  test('is limited beyond them', () => {
    expect(findScrollSpeed(0, SPAN)).toBe(-1.2);
    expect(findScrollSpeed(2000, SPAN)).toBe(1.2);
  });
});

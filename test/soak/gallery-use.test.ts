/** The short form of `npm run test:web-soak`: what is opened, searched and downloaded leaves nothing in the page. */
import { expect, test } from 'vitest';
import { requireOnMachine } from '../helpers/requirements.ts';
import { useGallery } from './gallery-use.ts';

/** Tiles of the last search, and what is shown of the last task. */
const MAX_NODE_GROWTH = 1.2;

test('8 opened tasks, 2 searches and 2 zips leave no nodes in the page', async (context) => {
  requireOnMachine(context, 'chromium');
  const samples = await useGallery({
    rounds: 2,
    tasks: 300,
    picturesADay: 6,
    opened: 1,
    neighbours: 3,
    searches: 1,
  });
  const [first, ...later] = samples.map((sample) => sample['nodes of the page']);
  expect(first).toBeGreaterThan(100);
  expect(Math.max(...later)).toBeLessThan(MAX_NODE_GROWTH * (first ?? 0));
});

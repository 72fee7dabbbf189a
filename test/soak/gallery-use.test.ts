/** The short form of `npm run test:web-soak`: what is opened, searched and downloaded leaves nothing in the page. */
import { expect, test } from 'vitest';
import { requireOnMachine } from '../helpers/requirements.ts';
import { useGallery } from './gallery-use.ts';

/** Tiles of the last search, and what is shown of the last task. */
const MAX_NODE_GROWTH = 1.2;

test('12 opened tasks, 3 searches and 3 zips leave no nodes in the page', async (context) => {
  requireOnMachine(context, 'chromium');
  const samples = await useGallery({
    rounds: 3,
    tasks: 300,
    picturesADay: 6,
    opened: 1,
    neighbours: 3,
    searches: 1,
  });
  const [first, ...later] = samples.map((sample) => sample['nodes of the page']);
  expect(first).toBeGreaterThan(100);
  // What is left of each round adds up; what comes late, such as a part of the script that is loaded when it is needed, does not.
  expect(Math.min(...later)).toBeLessThan(MAX_NODE_GROWTH * (first ?? 0));
});

/** The short form of `npm run test:web-soak`: what is opened, searched and downloaded leaves nothing in the page. */
import { expect, test } from 'vitest';
import { requireOnMachine } from '../helpers/requirements.ts';
import { useGallery } from './gallery-use.ts';

/**
 * From the first round to the third. Of what was shown last, the browser keeps some nodes or frees them, as it likes: up to 1.4. Where
 * every closed dialog stays, it is 2.3.
 */
const MAX_NODE_GROWTH = 1.8;

test('24 opened tasks, 3 searches and 3 zips leave no nodes in the page', async (context) => {
  requireOnMachine(context, 'chromium');
  const samples = await useGallery({
    rounds: 3,
    tasks: 300,
    picturesADay: 6,
    opened: 4,
    neighbours: 1,
    searches: 1,
  });
  const [first = 0, , last = 0] = samples.map((sample) => sample['nodes of the page']);
  expect(first).toBeGreaterThan(100);
  expect(last).toBeGreaterThan(100);
  expect(last).toBeLessThan(MAX_NODE_GROWTH * first);
});

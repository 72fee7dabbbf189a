/** A collection for the demo: posters that somebody has chosen, in an order of their own. */
import { randomUUID } from 'node:crypto';
import type { Store } from '../store/contract/store.ts';

const LOOKED_AT = 120;
const POSTERS = 8;
/** Of the picture that stands for it. */
const COVER = 2;

type DemoStore = Pick<Store, 'list' | 'marksOf' | 'addCollection' | 'placeInCollection' | 'changeCollection'>;

/** After the tasks are marked. Does nothing if it is there. */
export async function collectDemoPosters(store: DemoStore, nowMs: number): Promise<void> {
  const { tasks } = await store.list({ values: { state: ['succeeded'] } }, { limit: LOOKED_AT, offset: 0 });
  const marks = await store.marksOf(tasks.map(({ id }) => id));
  const posters = marks
    .filter(({ tags }) => tags.includes('poster'))
    .sort((one, other) => other.rating - one.rating)
    .map(({ id }) => id)
    .slice(0, POSTERS);
  const added = await store.addCollection(
    {
      id: randomUUID(),
      name: 'Posters for the fair',
      note: 'In the order in which they hang: the wall on the left first.',
      limits: undefined,
    },
    nowMs,
  );
  if (added.kind !== 'done') return;
  const { id } = added.collection;
  const options = { nowMs, within: undefined };
  await store.placeInCollection(id, { ids: posters }, options);
  const cover = posters[COVER];
  if (cover !== undefined) await store.changeCollection(id, { cover }, options);
}

/** Marks for the demo, as if somebody had used the mirror for a while. */
import type { MarkRequest } from '../store/contract/marks.ts';
import type { Store } from '../store/contract/store.ts';
import type { MarkChange } from '../task/marks.ts';

/** Tasks that are looked at, the newest ones. */
const LOOKED_AT = 120;

/** What every so many tasks get. */
const SAMPLES: readonly { readonly every: number; readonly change: MarkChange }[] = [
  { every: 6, change: { starred: true, rating: 5 } },
  { every: 7, change: { addTags: ['poster'] } },
  { every: 10, change: { rating: 4, addTags: ['for the blog'] } },
  { every: 15, change: { addTags: ['海报', 'poster'], rating: 3 } },
  { every: 40, change: { note: 'The client liked this one: print it in A2.' } },
];

export async function markDemoTasks(store: Pick<Store, 'list' | 'mark'>, nowMs: number): Promise<void> {
  const { tasks } = await store.list({ values: { state: ['succeeded'] } }, { limit: LOOKED_AT, offset: 0 });
  const requests = SAMPLES.flatMap(({ every, change }) =>
    tasks.filter((_, at) => at % every === every - 1).map(({ id }): MarkRequest => ({ id, change })),
  );
  await store.mark(requests, { nowMs });
}

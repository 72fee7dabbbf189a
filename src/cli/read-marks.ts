/** Reads the marks of tasks that a command names, to print them. */
import { runWithStore } from '../app/with-store.ts';
import type { Config } from '../config/config.ts';
import { readMarksById } from '../store/contract/marks-by-id.ts';
import type { TaskId } from '../task/id.ts';
import { type Marks, NO_MARKS } from '../task/marks.ts';
import { type ResolvedArgs, resolveArgs } from './resolve-ids.ts';

interface NamedMarks extends Marks {
  readonly id: TaskId;
}

interface FoundMarks extends Pick<ResolvedArgs, 'unknown' | 'ambiguous'> {
  /** In the order of the arguments. */
  readonly marks: readonly NamedMarks[];
}

export async function readMarks(config: Config, args: readonly string[]): Promise<FoundMarks> {
  return runWithStore(config, 'reader', async (store) => {
    const { ids, unknown, ambiguous } = await resolveArgs(store, args);
    const stored = new Set((await store.getMany(ids)).map(({ id }) => id));
    const byId = await readMarksById(store, ids);
    return {
      marks: ids.filter((id) => stored.has(id)).map((id) => byId.get(id) ?? { ...NO_MARKS, id }),
      unknown: [...unknown, ...ids.filter((id) => !stored.has(id))],
      ambiguous,
    };
  });
}

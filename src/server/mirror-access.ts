/** What the tools of the MCP server ask, answered as the routes answer: by a search thread, the store and the archive. */
import { ApiError } from '../lib/api-error.ts';
import { type MirrorAccess, type MirrorChanges, MirrorError } from '../mcp/mirror-access.ts';
import { ObjectStoreError } from '../object-store/errors.ts';
import { parseTaskId } from '../task/id.ts';
import type { TaskLimits } from '../task/limits.ts';
import { serializeSyncResult } from '../views/run-json.ts';
import { serializeTrackResult } from '../views/tracked-json.ts';
import { type ArchivedFilesDeps, createArchivedFiles, createImageNotFound } from './archived-files.ts';
import type { ServerDeps } from './deps.ts';
import { readIds } from './drop-in/task-request.ts';
import { toApiError } from './errors.ts';
import { createTaskNotFound, findId, findTask } from './find-task.ts';
import type { AskedBy, Searching } from './search/search-thread.ts';

export type MirrorAccessDeps = ArchivedFilesDeps & { readonly searching: Searching };

/** Who asks. */
export interface Asker extends AskedBy {
  /** Whose tasks it sees; undefined means all. */
  readonly limits: TaskLimits | undefined;
  readonly isWanted?: () => boolean;
}

export function createMirrorAccess(
  deps: MirrorAccessDeps,
  { limits, isWanted, ...by }: Asker,
  changes: MirrorChanges | undefined,
): MirrorAccess {
  const { store, searching, clock } = deps;
  const files = createArchivedFiles(deps);

  const ask: MirrorAccess['ask'] = async (route, params, given) => {
    // Searches find placeholders too.
    const id =
      given === undefined ? undefined : await findId(store, given, { limits }, { onlyDocuments: false });
    if (given !== undefined && id === undefined) throw createTaskNotFound();
    const question = {
      route,
      query: String(params),
      limits,
      nowMs: clock.now(),
      ...(id === undefined ? {} : { id }),
    };
    return searching.answer(question, isWanted, by);
  };

  const readDocument = async (given: string): Promise<string> => {
    const id = parseTaskId(given);
    const task = id === undefined ? undefined : await findTask(store, id, { limits });
    if (!task) throw createTaskNotFound();
    return task.text;
  };

  const readThumbnail = async (sha256: string, width: number): Promise<Uint8Array> => {
    const image = await store.image(sha256, limits);
    if (!image) throw createImageNotFound();
    const { handle } = await files.openThumbnail(image, width);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  };

  return {
    ask: (...asked) => tellCaller(ask(...asked)),
    readDocument: (id) => tellCaller(readDocument(id)),
    readThumbnail: (...asked) => tellCaller(readThumbnail(...asked)),
    changes,
  };
}

/** For a caller that may change something. */
export function createMirrorChanges({
  store,
  runner,
  clock,
}: Pick<ServerDeps, 'store' | 'runner' | 'clock'>): MirrorChanges {
  return {
    track: (ids) =>
      tellCaller((async () => serializeTrackResult(await store.track(readIds(ids), clock.now())))()),
    sync: async () => serializeSyncResult(await runner.run({ trigger: 'api' })),
  };
}

/** What a caller of a route may see, a tool may tell. @throws MirrorError */
async function tellCaller<T>(answering: Promise<T>): Promise<T> {
  try {
    return await answering;
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ObjectStoreError)) throw error;
    throw new MirrorError(toApiError(error).message, { cause: error });
  }
}

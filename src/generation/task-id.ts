/** Finds the task id in the response to a generation. */
import { tryParseJson } from '../lib/parse-json.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import { getOwn, getOwnObject, isObject } from '../task/json-object.ts';

/** @param text JSON; checks `task_id`, `data.task_id` and `id`, like the vendor's SDK */
export function findTaskIdInResponse(text: string): TaskId | undefined {
  const value = tryParseJson(text);
  if (!isObject(value)) return undefined; // another kind of line, or an error page
  return (
    parseTaskId(getOwn(value, 'task_id')) ??
    parseTaskId(getOwn(getOwnObject(value, 'data'), 'task_id')) ??
    parseTaskId(getOwn(value, 'id'))
  );
}

const LINE_END = 0x0a;

/**
 * Forwards newline-delimited JSON, line by line up to the first line with a task id, which is held back until `onId` is
 * done. After that, chunks are forwarded as they arrive.
 */
export async function* tapTaskId(
  chunks: AsyncIterable<Uint8Array>,
  onId: (id: TaskId) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let hasFound = false;
  let pending = Buffer.alloc(0);
  const checkLine = async (line: Buffer) => {
    const id = hasFound ? undefined : findTaskIdInResponse(line.toString());
    if (id === undefined) return;
    hasFound = true;
    await onId(id);
  };
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(LINE_END); end !== -1 && !hasFound; end = pending.indexOf(LINE_END)) {
      const line = pending.subarray(0, end + 1);
      await checkLine(line);
      yield line;
      pending = pending.subarray(end + 1);
    }
    if (!hasFound || pending.length === 0) continue;
    yield pending;
    pending = Buffer.alloc(0);
  }
  if (pending.length === 0) return;
  await checkLine(pending);
  yield pending;
}

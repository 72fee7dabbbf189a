/** The task id in what a generation answers. */
import { tryParseJson } from '../lib/parse-json.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import { getOwn, getOwnObject, isObject } from '../task/json-object.ts';

/** @param text JSON; the vendor's SDK looks in `task_id`, `data.task_id` and `id`, and so do we */
export function findTaskIdInResponse(text: string): TaskId | undefined {
  const value = tryParseJson(text);
  if (!isObject(value)) return undefined; // a line of something else, or an error page
  return (
    parseTaskId(getOwn(value, 'task_id')) ??
    parseTaskId(getOwn(getOwnObject(value, 'data'), 'task_id')) ??
    parseTaskId(getOwn(value, 'id'))
  );
}

const LINE_END = 0x0a;

/**
 * Passes newline-delimited JSON on, a line at a time until the first that names a task; that line waits until `onId`
 * is done. From then on everything passes as it comes.
 */
export async function* catchInLines(
  chunks: AsyncIterable<Uint8Array>,
  onId: (id: TaskId) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let isCaught = false;
  let pending = Buffer.alloc(0);
  const look = async (line: Buffer) => {
    const id = isCaught ? undefined : findTaskIdInResponse(line.toString());
    if (id === undefined) return;
    isCaught = true;
    await onId(id);
  };
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(LINE_END); end !== -1 && !isCaught; end = pending.indexOf(LINE_END)) {
      const line = pending.subarray(0, end + 1);
      await look(line);
      yield line;
      pending = pending.subarray(end + 1);
    }
    if (!isCaught || pending.length === 0) continue;
    yield pending;
    pending = Buffer.alloc(0);
  }
  if (pending.length === 0) return;
  await look(pending);
  yield pending;
}

/** Finds the task id in the response to a generation. */
import { createByteCollector } from '../lib/byte-collector.ts';
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
/** Lines above this size are parsed only if an id may be in them: pictures come as lines of many megabytes. */
const MAX_PARSED_BYTES = 1024 * 1024;

/**
 * Forwards newline-delimited JSON, line by line up to the first line with a task id, which is held back until `onId` is
 * done. After that, chunks are forwarded as they arrive. Each byte is looked at once, however long its line is.
 */
export async function* tapTaskId(
  chunks: AsyncIterable<Uint8Array>,
  onId: (id: TaskId) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let hasFound = false;
  /** The line that has not ended yet. */
  const line = createByteCollector();
  const endLine = async (): Promise<Buffer> => {
    const bytes = line.take();
    const id = findTaskIdInLine(bytes);
    if (id !== undefined) {
      hasFound = true;
      await onId(id);
    }
    return bytes;
  };
  for await (const chunk of chunks) {
    let rest = chunk;
    for (let end = rest.indexOf(LINE_END); end !== -1 && !hasFound; end = rest.indexOf(LINE_END)) {
      line.push(rest.subarray(0, end + 1));
      yield await endLine();
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) continue;
    if (hasFound) yield rest;
    else line.push(rest);
  }
  if (line.size > 0) yield await endLine();
}

function findTaskIdInLine(line: Buffer): TaskId | undefined {
  if (line.length > MAX_PARSED_BYTES && !line.includes('id"')) return undefined;
  return findTaskIdInResponse(line.toString());
}

/** Finds the ids of tasks in JSON of any shape: answers, lists, exports. Other UUIDs (users, applications, traces) are not taken. */
import { parseUuid, type TaskId } from './id.ts';
import { getOwn, getOwnString, isObject, type JsonObject } from './json-object.ts';

/** Members whose elements are tasks or ids of tasks. */
const LISTS = new Set(['items', 'tasks', 'data', 'results', 'ids', 'task_ids', 'added']);
/** Deeper members are ignored. */
const MAX_DEPTH = 20;

/**
 * The ids in parsed JSON, in order of appearance: `task_id` anywhere; `id` of a value or list element that is a task; strings
 * in lists. What is inside a task belongs to it and is not searched.
 */
export function collectTaskIds(value: unknown): TaskId[] {
  const ids = new Set<TaskId>();
  const visit = (part: unknown, isTask: boolean, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (typeof part === 'string') {
      const id = isTask ? parseUuid(part) : undefined;
      if (id !== undefined) ids.add(id);
    } else if (Array.isArray(part)) {
      for (const element of part) visit(element, isTask, depth + 1);
    } else if (isObject(part)) {
      const id = readTaskId(part, isTask);
      if (id !== undefined) ids.add(id);
      else
        for (const [member, inner] of Object.entries(part)) {
          // A string that is not in a list is not an id; an object may be the task itself.
          const isTaskMember = isObject(inner) ? member === 'task' || member === 'data' : LISTS.has(member);
          visit(inner, isTaskMember && typeof inner !== 'string', depth + 1);
        }
    }
  };
  visit(value, true, 0);
  return [...ids];
}

function readTaskId(object: JsonObject, isTask: boolean): TaskId | undefined {
  const isDocument = isObject(getOwn(object, 'request')) || isObject(getOwn(object, 'response'));
  const taskId = parseUuid(getOwnString(object, 'task_id') ?? '');
  if (taskId !== undefined && !isDocument) return taskId;
  // A generated image or video has an id of its own.
  const isResult = 'image_url' in object || 'video_url' in object;
  const id = isDocument || (isTask && !isResult) ? parseUuid(getOwnString(object, 'id') ?? '') : undefined;
  return id ?? taskId;
}

/** Shortens a generation request to what a search needs until the task's document is available. */
import { tryParseJson } from '../lib/parse-json.ts';
import { FLUX } from '../service/flux.ts';
import { isObject } from '../task/json-object.ts';
import { isTooDeep } from '../task/slices.ts';

/** Requests up to this length are stored unchanged. */
const MAX_LENGTH = 64 * 1024;
/** Longer strings (embedded pictures) are removed from longer requests. */
const MAX_TEXT_LENGTH = 4096;

const UNREADABLE = '{}';

/** @param body the request's text @returns a JSON object */
export function summarizeRequest(body: string): string {
  const text = body.replace(/^\uFEFF/, '').trim();
  const value = tryParseJson(text);
  if (!isObject(value) || isTooDeep(text)) return UNREADABLE;
  if (text.length <= MAX_LENGTH) return text;
  return JSON.stringify(value, (member, content: unknown) =>
    typeof content === 'string' && content.length > MAX_TEXT_LENGTH && member !== FLUX.members.prompt
      ? undefined
      : content,
  );
}

/** Reads the ids of tasks from a file: JSON, a list of ids, or free text; plain or gzipped. */
import { collectTaskIds } from '../task/collect-ids.ts';
import { findTaskIds, parseUuid, type TaskId } from '../task/id.ts';
import { readDocumentLines } from './document-lines.ts';
import { decompress } from './gunzip.ts';

export interface FoundIds {
  readonly ids: TaskId[];
  /** One line each, for the person who named the file. */
  readonly problems: string[];
}

/** Not a log line such as `[info] …`. */
const BEGINS_LIKE_JSON = /^\s*(\{\s*["}]|\[\s*[[{"\]])/;

/** @param name how problems name the file */
export async function readTaskIds(bytes: AsyncIterable<Uint8Array>, name: string): Promise<FoundIds> {
  const input = decompress(bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of input.bytes) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  const text = content.toString().replace(/^\ufeff/, '');
  const isJson = BEGINS_LIKE_JSON.test(text);
  const { ids, problems } = isJson ? await findIdsInJson(content, name) : findIdsInText(text, name);
  const damage = input.problem();
  if (damage !== undefined) problems.push(`${name}: ${damage}`);
  if (ids.length === 0 && problems.length === 0 && text.replace(/^\s*#.*$/gm, '').trim() !== '')
    problems.push(`${name}: no task id found`);
  return { ids, problems };
}

async function findIdsInJson(content: Buffer, name: string): Promise<FoundIds> {
  const ids = new Set<TaskId>();
  const problems: string[] = [];
  for await (const line of readDocumentLines(toChunks(content))) {
    if ('problem' in line) {
      problems.push(`${name}:${line.line}: ${line.problem}`);
      continue;
    }
    // A string is an id, or holds a document's text.
    for (const id of collectTaskIds(line.value ?? line.text)) ids.add(id);
  }
  return { ids: [...ids], problems };
}

async function* toChunks(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

/** In a list of ids, a word in the place of one is a mistake; in other text, whatever is found counts. */
function findIdsInText(text: string, name: string): FoundIds {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const isIgnored = (line: string) => line === '' || line.startsWith('#');
  const listed = lines.filter((line) => parseUuid(line) !== undefined).length;
  const isList = listed * 2 > lines.filter((line) => !isIgnored(line)).length;
  const problems: string[] = [];
  if (isList) {
    lines.forEach((line, at) => {
      const isWord = !isIgnored(line) && !/\s/.test(line);
      if (isWord && findTaskIds(line).length === 0) problems.push(`${name}:${at + 1}: no task id (a UUID)`);
    });
  }
  return { ids: findTaskIds(text), problems };
}

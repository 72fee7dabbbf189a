/** Finds out whether a word is what people paste to find a task: its id, the beginning of it, or a link or hash of its images. */

import { parseUuid } from '../task/id.ts';
import { parseArtifact } from './artifact-field.ts';
import { convertToLowerAscii } from './fold.ts';

/** In the syntax of queries. */
export interface Reference {
  readonly name: 'id' | 'artifact';
  readonly value: string;
}

const ANY_UUID = '00000000-0000-0000-0000-000000000000';
/** Of eight digits on, a beginning of a UUID is hardly ever anything else; shorter ones must not be words or numbers. */
const SHORT_ID = /^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{6,7}$/;
const MIN_UUID_PREFIX_LENGTH = 8;

/** @param word unquoted, as typed @returns undefined for ordinary words */
export function readReference(word: string): Reference | undefined {
  const id = convertToLowerAscii(word.endsWith('*') ? word.slice(0, -1) : word);
  if (parseUuid(id) !== undefined) return { name: 'id', value: id };
  if (SHORT_ID.test(id) || isUuidPrefix(id)) return { name: 'id', value: `${id}*` };
  return parseArtifact(word) && { name: 'artifact', value: word };
}

function isUuidPrefix(text: string): boolean {
  return text.length >= MIN_UUID_PREFIX_LENGTH && parseUuid(text + ANY_UUID.slice(text.length)) !== undefined;
}

/** Real prompts in sixteen languages; see test/data/README.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FILE = join(import.meta.dirname, '../data/prompts.jsonl.gz');

/** @param file JSON Lines with a member `prompt`, gzipped; ours when left out */
export function readPrompts(file: string = FILE): string[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { prompt: string }).prompt);
}

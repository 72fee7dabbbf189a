/**
 * `npm run bench:known-item -- PROMPTS QUESTIONS…`: how often a person who half remembers a prompt finds it among the first ten,
 * beside how often they could. Both are gzipped or plain JSON Lines: `{ prompt }`, and `{ class, query, prompt }`.
 *
 * `--tasks N` asks among so many tasks, with variations of the prompts, instead of one task per prompt; `--data-dir DIR` keeps
 * them for another time; `--sample N` asks so many questions per class.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createCorpus } from './known-item-ceiling.ts';
import { freePort, startScript, stopProcess } from './processes.ts';
import { fillWithPrompts, findOriginal, storeEachPrompt } from './search-dataset.ts';
import { percentile } from './search-queries.ts';

const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');
const FIRST = 10;
/** Hits of a page, and pages, among which the first ten different prompts are when there are variations of each. */
const FIRST_VARIATIONS = 100;
const MAX_PAGES = 4;

interface Question {
  readonly class: string;
  readonly query: string;
  readonly prompt: string;
}

interface SearchAnswer {
  readonly items: readonly { readonly prompt: string }[];
  readonly next_cursor: string | null;
}

interface Result {
  readonly question: Question;
  readonly isFound: boolean;
  readonly isReachable: boolean;
  readonly ms: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tasks: { type: 'string' }, 'data-dir': { type: 'string' }, sample: { type: 'string' } },
});
const [promptFile, ...questionFiles] = positionals;
if (promptFile === undefined || questionFiles.length === 0)
  throw new Error(
    'usage: npm run bench:known-item -- PROMPTS QUESTIONS… [--tasks N] [--data-dir DIR] [--sample N]',
  );

const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-known-item-'));
try {
  const prompts = [...new Set(readLines<{ prompt: string }>(promptFile).map(({ prompt }) => prompt))];
  const tasks = values.tasks === undefined ? undefined : Number(values.tasks);
  const dataDir = values['data-dir'] ?? join(directory, 'data');
  if (!existsSync(join(dataDir, 'mirror.db')))
    await (tasks === undefined
      ? storeEachPrompt(dataDir, prompts)
      : fillWithPrompts(dataDir, prompts, tasks));
  const port = await freePort();
  const mirror = await startScript(
    MAIN,
    ['serve', '--port', String(port), '--data-dir', dataDir, '--offline', '--sync-cron', 'off'],
    port,
  );
  try {
    const corpus = createCorpus(prompts);
    for (const file of questionFiles) {
      const questions = takeSample(
        readLines<Question>(file),
        Number(values.sample ?? Number.POSITIVE_INFINITY),
      );
      const results: Result[] = [];
      for (const question of questions) {
        const started = performance.now();
        const found = await search(port, question.query, tasks !== undefined);
        const ms = performance.now() - started;
        const isReachable = corpus.isReachable(question.query, question.prompt, FIRST);
        results.push({ question, isFound: found.includes(question.prompt), isReachable, ms });
      }
      printResults(`${basename(file)}, ${(tasks ?? prompts.length).toLocaleString('en')} tasks`, results);
    }
  } finally {
    await stopProcess(mirror);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function readLines<Line>(file: string): Line[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The first so many of each class. */
function takeSample(questions: readonly Question[], size: number): Question[] {
  const taken = new Map<string, number>();
  return questions.filter((question) => {
    const count = (taken.get(question.class) ?? 0) + 1;
    taken.set(question.class, count);
    return count <= size;
  });
}

/** The first ten different prompts, best first; further pages are read for them when there are variations of each. */
async function search(port: number, query: string, hasVariations: boolean): Promise<string[]> {
  const params = new URLSearchParams({ q: query, group: 'prompt', match: 'close', sort: 'relevance' });
  params.set('limit', String(hasVariations ? FIRST_VARIATIONS : FIRST));
  const found = new Set<string>();
  for (let page = 0; page < (hasVariations ? MAX_PAGES : 1) && found.size < FIRST; page += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/api/search?${params}`);
    if (!response.ok) throw new Error(`${query}: ${response.status} ${await response.text()}`);
    const { items, next_cursor } = (await response.json()) as SearchAnswer;
    for (const { prompt } of items) found.add(hasVariations ? findOriginal(prompt) : prompt);
    if (next_cursor === null) break;
    params.set('cursor', next_cursor);
  }
  return [...found].slice(0, FIRST);
}

function printResults(title: string, results: readonly Result[]): void {
  console.log(`\n### ${title}\n\n| class | found | ceiling | p50 ms | p95 ms |\n|---|---|---|---|---|`);
  for (const name of new Set(results.map(({ question }) => question.class)))
    printRow(
      name,
      results.filter(({ question }) => question.class === name),
    );
  printRow('**all**', results);
}

function printRow(name: string, results: readonly Result[]): void {
  const share = (count: number) => ((100 * count) / results.length).toFixed(1);
  const found = share(results.filter(({ isFound }) => isFound).length);
  const ceiling = share(results.filter(({ isReachable }) => isReachable).length);
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
  const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)].map((ms) => ms.toFixed(0));
  console.log(`| ${name} | ${found} | ${ceiling} | ${p50} | ${p95} |`);
}

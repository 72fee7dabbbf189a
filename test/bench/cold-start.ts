/**
 * `npm run bench:cold-start [-- MAIN]`: one search among 20,000 tasks from the command line, start and end of the process included,
 * beside `node -e 0` and, if it is given, another build's `dist/cli/main.js`. Sides alternate; the first round does not count.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPrompts } from '../helpers/prompts.ts';
import { fillWithPrompts } from './search-dataset.ts';
import { median, printTable, type Row } from './table.ts';

const TASKS = 20_000;
const ROUNDS = 15;
/** One with exact matches, and one with close ones only, which takes longest. */
const QUERIES = ['red', 'siamese cat'];
const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');

interface Side {
  readonly what: string;
  readonly args: readonly string[];
  readonly dataDir: string;
}

const [other] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(`${cpus().length} × ${cpu?.model.trim()}, Node ${process.version}, ${process.platform}`);
  const dataDir = join(directory, 'data');
  await fillWithPrompts(dataDir, readPrompts(), TASKS);
  for (const query of QUERIES) printTable(`\`search '${query}'\``, measureSides(createSides(dataDir, query)));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function createSides(dataDir: string, query: string): Side[] {
  const search = ['search', query];
  return [
    { what: '`node -e 0`', args: ['-e', '0'], dataDir },
    { what: 'this build', args: [MAIN, ...search], dataDir },
    ...(other
      ? [{ what: other, args: [resolve(other), ...search], dataDir: importInto(other, dataDir) }]
      : []),
  ];
}

/** The same tasks in the other build's own mirror, which may be of an older version. */
function importInto(main: string, dataDir: string): string {
  const file = join(directory, 'tasks.jsonl');
  const otherDir = join(directory, 'other');
  runNode([MAIN, 'export', file], dataDir);
  runNode([resolve(main), 'import', file], otherDir);
  return otherDir;
}

function measureSides(sides: readonly Side[]): Row[] {
  const times = sides.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [at, { args, dataDir }] of sides.entries()) {
      const started = performance.now();
      runNode(args, dataDir);
      if (round > 0) times[at]?.push(performance.now() - started);
    }
  const medians = times.map(median);
  const [bare = Number.NaN] = medians;
  return sides.map(({ what }, at) => ({
    what,
    value: `${Math.round(medians[at] ?? 0)} ms, ${((medians[at] ?? 0) / bare).toFixed(2)} × \`-e 0\``,
  }));
}

function runNode(args: readonly string[], dataDir: string): void {
  const env = { ...process.env, NODE_NO_WARNINGS: '1', FLUX_MIRROR_DATA_DIR: dataDir };
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: directory, env });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}

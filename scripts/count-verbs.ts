/**
 * Counts the functions whose names start with a verb (see docs/glossary.md). `tsx scripts/count-verbs.ts [FOLDER]
 * [--list] [--members] [--min SHARE]`: exits with 1 when the share of functions is below `--min` percent.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FunctionName, listFunctionNames } from './verbs/function-names.ts';
import { startsWithVerb } from './verbs/verb-list.ts';

interface Tally {
  total: number;
  verbs: number;
}

/** The first two components of a path: `src/store`, `src/cli`. */
function getFolder(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function tallyByFolder(names: readonly FunctionName[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { file, name } of names) {
    const folder = getFolder(file);
    const tally = tallies.get(folder) ?? { total: 0, verbs: 0 };
    tallies.set(folder, tally);
    tally.total += 1;
    if (startsWithVerb(name)) tally.verbs += 1;
  }
  return tallies;
}

function sumTallies(tallies: Iterable<Tally>): Tally {
  const sum = { total: 0, verbs: 0 };
  for (const { total, verbs } of tallies) {
    sum.total += total;
    sum.verbs += verbs;
  }
  return sum;
}

function computeShare({ total, verbs }: Tally): number {
  return total === 0 ? 100 : (100 * verbs) / total;
}

function formatRow(label: string, tally: Tally): string {
  const counts = `${tally.verbs}/${tally.total}`;
  return `${label.padEnd(20)}${counts.padStart(10)}${`${computeShare(tally).toFixed(1)} %`.padStart(10)}`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, members: { type: 'boolean' }, min: { type: 'string' } },
});
const all = listFunctionNames(join(import.meta.dirname, '..'), positionals[0] ?? 'src');
const functions = all.filter(({ kind }) => kind === 'function');
const members = all.filter(({ kind }) => kind === 'member');
const shown = values.members ? members : functions;

if (values.list) {
  for (const { file, name } of shown) if (!startsWithVerb(name)) console.log(`${file}: ${name}`);
}
const byFolder = tallyByFolder(shown);
for (const [folder, tally] of [...byFolder].sort()) console.log(formatRow(folder, tally));
console.log(formatRow('functions', sumTallies(tallyByFolder(functions).values())));
console.log(formatRow('members', sumTallies(tallyByFolder(members).values())));

const share = computeShare(sumTallies(tallyByFolder(functions).values()));
if (values.min !== undefined && share < Number(values.min)) {
  console.error(
    `only ${share.toFixed(1)} % of the functions begin with a verb, ${values.min} % are required`,
  );
  process.exitCode = 1;
}

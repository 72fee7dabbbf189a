/** `npm run faults`: runs the tests of the matrix and prints it: fault, what happened, held or not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MATRIX, type MatrixRow } from './matrix.ts';

interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly failure: string;
  /** What it measured, see helpers/figure.ts. */
  readonly figure: string | undefined;
}

type Verdict = 'held' | 'limit' | 'skipped' | 'NOT HELD';

const root = join(import.meta.dirname, '../..');

function runTests(files: readonly string[]): TestResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'flux-mirror-faults-'));
  const output = join(folder, 'results.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  spawnSync(process.execPath, [vitest, 'run', '--reporter=json', `--outputFile=${output}`, ...files], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, THOROUGH: 'true' },
  });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: {
      name: string;
      assertionResults: {
        fullName: string;
        status: string;
        failureMessages: string[];
        meta: { figure?: string };
      }[];
    }[];
  };
  rmSync(folder, { recursive: true });
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages, meta }) => ({
      file: file.slice(join(root, 'test').length + 1).replaceAll('\\', '/'),
      name: fullName,
      status,
      failure: (failureMessages[0] ?? '').split('\n')[0] ?? '',
      figure: meta.figure,
    })),
  );
}

/** A row without a test that ran is not held, unless it is named as a limit. */
function judge(row: MatrixRow, results: readonly TestResult[]): { verdict: Verdict; happened: string } {
  const mine = (row.shownBy ?? []).map(([file, names]) =>
    results.filter((result) => result.file === file && result.name.includes(names)),
  );
  const failed = mine.flat().find(({ status }) => status === 'failed');
  if (failed) return { verdict: 'NOT HELD', happened: `${failed.name}: ${failed.failure}` };
  const unshown = mine.findIndex((tests) => tests.every(({ status }) => status !== 'passed'));
  if (unshown >= 0) {
    const isSkipped =
      mine[unshown]?.some(({ status }) => status === 'skipped' || status === 'pending') ?? false;
    const [file, names] = row.shownBy?.[unshown] ?? [];
    return { verdict: isSkipped ? 'skipped' : 'NOT HELD', happened: `no test ran: ${file}, "${names}"` };
  }
  const passed = mine.flat().filter(({ status }) => status === 'passed');
  const figures = passed.map(({ figure }) => figure).filter((figure) => figure !== undefined);
  const count = `${passed.length} ${passed.length === 1 ? 'test' : 'tests'}`;
  const happened =
    passed.length === 0 ? row.behaviour : `${row.behaviour} (${[count, ...new Set(figures)].join('; ')})`;
  return row.limit === undefined
    ? { verdict: 'held', happened }
    : { verdict: 'limit', happened: `${happened}; ${row.limit}` };
}

const rows = MATRIX.flatMap((part) => part.rows);
const files = [...new Set(rows.flatMap(({ shownBy = [] }) => shownBy.map(([file]) => `test/${file}`)))];
const results = runTests(files);
const counts: Record<Verdict, number> = { held: 0, limit: 0, skipped: 0, 'NOT HELD': 0 };
for (const { title, rows: ofPart } of MATRIX) {
  console.log(`\n${title}`);
  for (const row of ofPart) {
    const { verdict, happened } = judge(row, results);
    counts[verdict] += 1;
    console.log(`  ${verdict.padEnd(9)} ${row.fault.padEnd(42)} ${happened}`);
  }
}
console.log(
  `\n${rows.length} faults: ${Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ')}`,
);
if (counts['NOT HELD'] > 0) process.exitCode = 1;

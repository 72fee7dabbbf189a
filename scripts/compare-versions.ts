/**
 * Checks that a version behaves like an earlier one. `tsx scripts/compare-versions.ts BEFORE [AFTER]` runs both concurrently
 * on the same sample, each against its own copy of the simulated upstream; AFTER is a commit, or the working tree (`.`, the
 * default). `--reuse DIR` uses the `node_modules` of DIR if its lock file is the same. Exits with 1 if anything is neither
 * the same nor a superset.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkOut, type Version } from './compare/checkout.ts';
import { observeCommands, type Run, runCommand } from './compare/commands.ts';
import { readSettingTable } from './compare/facts.ts';
import { createNormalize } from './compare/normalize.ts';
import { compareObservations, type Observation } from './compare/observation.ts';
import { printReport } from './compare/report.ts';
import { startSample } from './compare/sample.ts';
import { observeServer } from './compare/server-probe.ts';

const HOUR_MS = 3_600_000;

interface RunContext {
  readonly work: string;
  readonly startedAtMs: number;
}

async function observeVersion(version: Version, name: string, context: RunContext): Promise<Observation[]> {
  const { work, startedAtMs } = context;
  const sample = await startSample(startedAtMs - HOUR_MS);
  const port = await findFreePort();
  const directory = join(work, name);
  mkdirSync(directory);
  const places = new Map([
    [sample.simulator.url, 'http://<upstream>'],
    [`127.0.0.1:${port}`, '<mirror>'],
    [directory, '<work>'],
    [version.directory, '<program>'],
  ]);
  const normalize = createNormalize({ startedAtMs, knownIds: sample.ids, places });
  const run: Run = { version, sample, directory, normalize };
  try {
    const { names, rows } = readSettingTable(version.directory);
    const observed: Observation[] = [
      { surface: 'settings', name: 'names in README.md', rule: 'lines', text: names.join('\n') },
      { surface: 'settings', name: 'defaults in README.md', rule: 'wording', text: rows.join('\n') },
      ...(await observeCommands(run)),
    ];
    // The servers start with only the sample.
    rmSync(join(directory, 'data'), { recursive: true });
    await runCommand(run, ['import', 'lines.jsonl', 'rest.jsonl.gz']);
    cpSync(join(directory, 'data'), join(directory, 'served'), { recursive: true });
    return [...observed, ...(await observeServer(run, port))];
  } finally {
    await sample.simulator.stop();
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    reuse: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', default: false },
  },
});
const [beforeRef, afterRef = '.'] = positionals;
if (beforeRef === undefined)
  throw new Error('usage: tsx scripts/compare-versions.ts BEFORE [AFTER] [--reuse DIR]…');

const repository = join(import.meta.dirname, '..');
const work = realpathSync(mkdtempSync(join(tmpdir(), 'flux-mirror-compare-')));
try {
  const reuse = values.reuse.map((directory) => resolve(directory)).concat(repository);
  const checkOutRef = (ref: string, name: string) =>
    checkOut({ repository, ref, directory: join(work, `${name}-source`), reuse });
  const before = checkOutRef(beforeRef, 'before');
  const after = checkOutRef(afterRef, 'after');
  const context = { work, startedAtMs: Date.now() };
  const [earlier, later] = await Promise.all([
    observeVersion(before, 'before', context),
    observeVersion(after, 'after', context),
  ]);
  const isCompatible = printReport(compareObservations(earlier, later), {
    title: `${before.label} and ${after.label}`,
    isVerbose: values.verbose,
  });
  if (!isCompatible) process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

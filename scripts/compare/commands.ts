/** Runs the commands of one version on the sample, in its own directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Version } from './checkout.ts';
import { listHelpFacts } from './facts.ts';
import type { Observation, Rule } from './observation.ts';
import { type Sample, UNKNOWN_ID, UPSTREAM_TOKEN } from './sample.ts';

export interface Run {
  readonly version: Version;
  readonly sample: Sample;
  /** Working directory of the commands; the data directory is `data` in it. */
  readonly directory: string;
  readonly normalize: (text: string) => string;
}

interface Result {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines that only slow commands print. */
const PROGRESS = /^.*, \d+\/s\n/gm;

/** The environment of every process: only PATH is inherited. */
export function createEnvironment(run: Run, settings: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    NODE_NO_WARNINGS: '1',
    NO_COLOR: '1',
    ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN,
    ACEDATACLOUD_API_BASE_URL: run.sample.simulator.url,
    FLUX_MIRROR_DATA_DIR: join(run.directory, 'data'),
    FLUX_MIRROR_ARCHIVE_IMAGES: 'false',
    FLUX_MIRROR_SYNC_CRON: 'off',
    // Whether an unfinished task is fresh must not depend on the speed of the machine.
    FLUX_MIRROR_PENDING_TTL: '0s',
    ...settings,
  };
}

/** Help of every command, import, export, queries, commands that change the mirror, and usage errors. */
export async function observeCommands(run: Run): Promise<Observation[]> {
  const observations: Observation[] = [];
  const add = (surface: string, name: string, rule: Rule, value: string) =>
    observations.push({ surface, name, rule, text: run.normalize(value) });
  /** Standard output and the exit code are compared by the rule, standard error as wording. */
  const observe = async (surface: string, rule: Rule, args: readonly string[], input = '') => {
    const result = await runCommand(run, args, input);
    const name = run.normalize(args.join(' '));
    add(surface, name, rule, result.stdout);
    add(surface, `${name} (exit code)`, 'bytes', String(result.code));
    const messages = result.stderr.replace(PROGRESS, '');
    if (messages !== '') add(surface, `${name} (messages)`, 'wording', messages);
    return result;
  };

  await observeHelp(run, add);
  await observeImport(run, observe);
  await observeExport(run, add);

  const [first = '', second = ''] = run.sample.imported;
  await observe('commands', 'bytes', ['get', first, second, run.sample.failed]);
  await observe('commands', 'bytes', ['get', UNKNOWN_ID]);
  for (const query of [
    'cat',
    '猫',
    '"oil painting" -cat',
    'model:flux-pro*',
    'state:failed',
    'night OR rain',
  ])
    await observe('commands', 'json', ['search', query, '--json', '--limit', '20']);
  await observe('commands', 'bytes', ['search', 'cat', '--sort', 'relevance', '--group', 'prompt']);
  await observe('commands', 'json', ['track', UNKNOWN_ID, run.sample.unseen[0] ?? '', '--json']);
  await observe(
    'commands',
    'bytes',
    ['track', '-f', '-'],
    `see ${run.sample.unseen[1]}, and "${UNKNOWN_ID}"`,
  );
  await observe('commands', 'json', ['status', '--json']);
  await observe('commands', 'bytes', ['untrack', UNKNOWN_ID]);
  await observe('commands', 'json', ['sync', '--json']);
  await observe('commands', 'json', ['forget', run.sample.imported[9] ?? '', '--json']);
  await observe('commands', 'bytes', ['status']);
  await observe('commands', 'json', ['doctor', '--json']);
  await observe('commands', 'json', ['backup', join(run.directory, 'a.db'), '--json']);
  await observe('commands', 'json', ['restore', join(run.directory, 'a.db'), '--json']);
  await observe('commands', 'json', ['token', 'list', '--json']);
  for (const args of [
    ['nothing'],
    ['get'],
    ['search', 'cat', '--limit', 'many'],
    ['import', 'not-here.jsonl'],
  ])
    await observe('commands', 'bytes', args);
  for (const args of [
    ['serve', '--port', 'x'],
    ['serve', '--host', '0.0.0.0'],
    ['sync', '--batch-size', '51'],
  ])
    await observe('settings', 'bytes', args);
  return observations;
}

type Observe = (surface: string, rule: Rule, args: readonly string[], input?: string) => Promise<Result>;
type Add = (surface: string, name: string, rule: Rule, value: string) => void;

async function observeHelp(run: Run, add: Add): Promise<void> {
  const { stdout } = await runCommand(run, ['--help']);
  const names = [...stdout.matchAll(/^ {2}([a-z]+)(?: .*)? {2,}/gm)].map(([, name = '']) => name);
  const commands = [...new Set(names.filter((name) => name !== 'help'))].map((name) => [name]);
  for (const args of [[], ...commands, ['token', 'new'], ['token', 'list'], ['token', 'revoke']]) {
    const help = (await runCommand(run, [...args, '--help'])).stdout;
    const name = `flux-mirror ${args.join(' ')} --help`;
    add('commands and settings in --help', name, 'lines', listHelpFacts(help).join('\n'));
    add('commands and settings in --help', `${name} (wording)`, 'wording', help);
  }
}

async function observeImport(run: Run, observe: Observe): Promise<void> {
  const { importFile } = run.sample;
  const half = Math.floor(importFile.split('\n').length / 2);
  const lines = importFile.trimEnd().split('\n');
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(run.directory, name), content);
    return name;
  };
  write('lines.jsonl', `${lines.slice(0, half).join('\n')}\n`);
  write('rest.jsonl.gz', gzipSync(`${lines.slice(half).join('\n')}\n`));
  write('items.json', `{"items":[${lines.slice(0, 5).join(',\n  ')}]}`);
  write('bad.jsonl', '{"id":1}\nnot json\n{"task_id":"x"}\n[1]\n\n');
  await observe('import', 'json', ['import', 'lines.jsonl', '--json']);
  await observe('import', 'json', ['import', 'rest.jsonl.gz', 'items.json', '--json']);
  await observe('import', 'json', ['import', 'bad.jsonl', '--json']);
  await observe('import', 'bytes', ['import', '-'], lines[0]);
}

async function observeExport(run: Run, add: Add): Promise<void> {
  const commands = [
    ['export'],
    ['export', '--format', 'csv'],
    ['export', '--query', 'cat -dog'],
    ['export', '--query', '猫', '--format', 'csv'],
  ];
  for (const args of commands) add('export', args.join(' '), 'bytes', (await runCommand(run, args)).stdout);
  for (const name of ['all.jsonl', 'all.csv', 'all.jsonl.gz']) {
    await runCommand(run, ['export', name]);
    const path = join(run.directory, name);
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.from('no such file');
    add('export', `export ${name}`, 'bytes', String(name.endsWith('.gz') ? gunzipSync(bytes) : bytes));
  }
}

/** Runs a command until it exits. */
export async function runCommand(run: Run, args: readonly string[], input = ''): Promise<Result> {
  const child = spawn(process.execPath, [run.version.main, ...args], {
    cwd: run.directory,
    env: createEnvironment(run),
  });
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode ?? child.signalCode, stdout, stderr };
}

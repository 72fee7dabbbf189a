/** Completion in real shells, of a mirror whose models and prompts are hostile. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { createToken } from '../helpers/access-token.ts';
import { MAIN, runCli } from '../helpers/cli.ts';
import { document } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { createEngineEnv } from '../helpers/test-engine.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

const ID = '7ec3b36d-5706-4e5c-a0e2-4efb5b592fd4';
const OTHER_ID = '7ec4aaaa-5706-4e5c-a0e2-4efb5b592fd4';

/** A folder with a mirror and the program, as it is called when it is installed. */
async function prepare() {
  const folder = temporaryDirectory();
  const dataDir = join(folder, 'data');
  const store = await openTestStore(dataDir);
  await store.storeDocuments({
    documents: [
      document({ id: ID, prompt: 'a cat\twith a tab\nand a line', model: 'flux-dev' }),
      document({
        id: OTHER_ID,
        prompt: '$(touch pwned) `touch pwned`',
        model: '$(touch pwned)`touch pwned`',
      }),
    ],
    requestSeq: 1,
    fetchedAtMs: 1,
  });
  await store.mark([{ id: ID as TaskId, change: { addTags: ['poster', 'pale blue', 'sea'] } }], { nowMs: 1 });
  for (const name of ['Best', 'Best of spring'])
    await store.addCollection({ id: randomUUID(), name, note: '', limits: undefined }, 1);
  await store.addAccessToken(createToken('alice'));
  await store.addAccessToken(createToken('anna'));
  await store.revokeAccessToken('anna', 5);
  await store.close();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'flux-mirror'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
    mode: 0o755,
  });
  const env = {
    ...(await createEngineEnv(dataDir)),
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    NODE_NO_WARNINGS: '1',
    FLUX_MIRROR_DATA_DIR: dataDir,
  };
  const run = (program: string, args: readonly string[]) =>
    execFileSync(program, args, { cwd: folder, env, encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  const findWords = async (...line: string[]) =>
    (await runCli(['completion', '--words', '--', ...line], { cwd: folder, env })).stdout
      .split('\n')
      .filter((word) => word !== '');
  return { folder, run, findWords };
}

/** @returns the candidates for the last word of a line, without their descriptions */
const COMPLETE = {
  bash: (script: string, line: string) => [
    '--norc',
    '-c',
    `source "$0"; compopt() { :; }
     COMP_LINE=$1; COMP_POINT=\${#1}; _flux_mirror; printf "%s\\n" "\${COMPREPLY[@]}"`,
    script,
    line,
  ],
  zsh: (script: string, line: string) => [
    '-f',
    '-c',
    `compdef() { :; }; _files() { print FILES; }; compadd() { print -l -- "\${(@P)argv[-1]}"; }
     source "$0"; words=("\${(@s: :)1}"); CURRENT=$#words; _flux_mirror`,
    script,
    line,
  ],
  fish: (script: string, line: string) => [
    '--no-config',
    '-c',
    'source $argv[1]; complete -C $argv[2] | string replace -r "\\t.*" ""; true',
    script,
    line,
  ],
} as const;

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  test('completes commands, options, values, ids and models', async (context) => {
    requireOnMachine(context, shell);
    const { run, folder } = await prepare();
    const script = join(folder, 'completion');
    writeFileSync(script, (await runCli(['completion', shell])).stdout);
    const complete = (line: string) => run(shell, COMPLETE[shell](script, line));
    expect(complete('flux-mirror sea')).toEqual(['search']);
    expect(complete('flux-mirror ')).toEqual(expect.arrayContaining(['serve', 'mcp', 'completion']));
    expect(complete('flux-mirror token ')).toEqual(expect.arrayContaining(['new', 'list', 'revoke', 'open']));
    expect(complete('flux-mirror search --sort n')).toEqual(['newest']);
    expect(complete('flux-mirror get 7ec').sort()).toEqual(['7ec3b36d', '7ec4aaaa']);
    // Bash replaces what is behind the colon.
    const model = shell === 'bash' ? 'flux-dev' : 'model:flux-dev';
    expect(complete('flux-mirror search model:fl')).toEqual([model]);
    expect(complete('flux-mirror verify model:fl')).toEqual([model]);
    // What Enter would evaluate is quoted: zsh and fish do so when they insert it.
    if (shell === 'bash')
      expect(complete('flux-mirror search model:$')).toEqual(['\\$\\(touch\\ pwned\\)\\`touch\\ pwned\\`']);
    complete('flux-mirror search model:');
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

test.each([
  ['completion f', ['fish']],
  ['help ba', ['backup', 'backfill']],
  ['help token re', []],
  ['token revoke a', ['alice']],
  ['star 7ec3', ['7ec3b36d']],
  ['rate ', ['0', '1', '2', '3', '4', '5']],
  ['rate 5 7ec4', ['7ec4aaaa']],
  ['note 7ec3 7ec', []],
  ['tag 7ec3 --add p', ['poster', 'pale blue']],
  ['collection sh', ['show', 'share']],
  ['collection show Be', ['Best', 'Best of spring']],
  ['collection add Best 7ec4', ['7ec4aaaa']],
  ['collection move Best 7ec3 --before 7ec4', ['7ec4aaaa']],
  ['collection note Best 7ec', []],
  ['collection new Be', []],
])('what may follow `%s`', async (line, expected) => {
  const { findWords } = await prepare();
  const found = await findWords(...line.split(' '));
  expect(found.map((each) => each.split('\t')[0]).sort()).toEqual([...expected].sort());
});

test('a description is one line without control characters, and a folder without a mirror has nothing', async () => {
  const { findWords } = await prepare();
  expect(await findWords('get', '7ec3')).toEqual(['7ec3b36d\ta cat with a tab and a line']);
  const empty = temporaryDirectory();
  expect(await runCli(['completion', '--words', '--', 'get', ''], { cwd: empty })).toMatchObject({
    code: 0,
    stdout: '',
  });
});

test.each([[['completion']], [['completion', 'tcsh']], [['completion', 'bash', 'zsh']]])(
  '%j is wrong usage, in one line',
  async (args) => {
    expect(await runCli(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^flux-mirror: (.* is not one shell; )?which shell: bash, zsh, fish\?\n$/,
      ),
    });
  },
);

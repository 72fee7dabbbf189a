/** A global install keeps its data with the user; printed commands fit how the program was started. */

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adaptCommands, describeLaunch, type LaunchFacts } from '../../src/cli/launch.ts';
import { runCli, runProgram } from '../helpers/cli.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const CHECKOUT = { packageRoot: '/src/flux-mirror', hasSources: true, cwd: '/src/flux-mirror', env: {} };
const GLOBAL = {
  packageRoot: '/usr/lib/node_modules/flux-mirror',
  hasSources: false,
  cwd: '/home/a',
  env: {},
};
const CASES: [string, LaunchFacts, string, boolean][] = [
  [
    'npm start',
    {
      ...CHECKOUT,
      script: '/src/flux-mirror/src/cli/main.ts',
      env: { npm_package_name: 'flux-mirror', npm_lifecycle_event: 'start' },
    },
    'npm run flux-mirror --',
    false,
  ],
  ['tsx', { ...CHECKOUT, script: '/src/flux-mirror/src/cli/main.ts' }, 'npm run flux-mirror --', false],
  ['node dist', { ...CHECKOUT, script: '/src/flux-mirror/dist/cli/main.js' }, 'flux-mirror', false],
  ['npm link', { ...CHECKOUT, cwd: '/home/a', script: '/usr/bin/flux-mirror' }, 'flux-mirror', true],
  ['a global install', { ...GLOBAL, script: '/usr/bin/flux-mirror' }, 'flux-mirror', true],
  [
    'a global install on Windows',
    {
      ...GLOBAL,
      packageRoot: 'C:\\npm\\node_modules\\flux-mirror',
      script: 'C:\\npm\\node_modules\\flux-mirror\\dist\\cli\\main.js',
    },
    'flux-mirror',
    true,
  ],
  [
    'npx',
    {
      ...GLOBAL,
      packageRoot: '/home/a/.npm/_npx/1/node_modules/flux-mirror',
      script: '/home/a/.npm/_npx/1/node_modules/.bin/flux-mirror',
      env: { npm_command: 'exec' },
    },
    'npx flux-mirror',
    true,
  ],
  [
    'npx of a file',
    {
      ...GLOBAL,
      packageRoot: '/home/a/.npm/_npx/1/node_modules/flux-mirror',
      script: '/home/a/.npm/_npx/1/node_modules/.bin/flux-mirror',
      env: { npm_command: 'exec', npm_config_package: './flux-mirror-0.1.0.tgz' },
    },
    'npx --package=./flux-mirror-0.1.0.tgz flux-mirror',
    true,
  ],
  [
    'a dependency of the project in the working directory',
    {
      ...GLOBAL,
      cwd: '/project',
      packageRoot: '/project/node_modules/flux-mirror',
      script: '/project/node_modules/.bin/flux-mirror',
    },
    'npx flux-mirror',
    false,
  ],
  [
    'a container',
    { packageRoot: '/app', hasSources: false, cwd: '/app', env: {}, script: '/app/dist/cli/main.js' },
    'flux-mirror',
    false,
  ],
];

test.each(CASES)('started by %s', (_, facts, command, isGlobal) => {
  expect(describeLaunch(facts)).toEqual({ command, isGlobal });
});

test('commands in messages are replaced, the name of the program is not', () => {
  const message = 'flux-mirror: start `flux-mirror serve`, not flux-mirror alone\n  flux-mirror demo';
  expect(adaptCommands(message, { command: 'npm run flux-mirror --', isGlobal: false })).toBe(
    'flux-mirror: start `npm run flux-mirror -- serve`, not flux-mirror alone\n  npm run flux-mirror -- demo',
  );
});

describe('a global install', () => {
  const TRACKED = '2db0168c-2373-4367-8d9a-9dc778802e8a';

  /** The build as `npm install -g` puts it, with a home directory of its own. */
  function install() {
    const folder = temporaryDirectory();
    const bin = join(folder, 'bin/flux-mirror');
    const cwd = join(folder, 'work');
    for (const path of ['bin', 'work', 'home']) mkdirSync(join(folder, path));
    symlinkSync(join(import.meta.dirname, '../../dist/cli/main.js'), bin);
    const run = (args: string[], env: Record<string, string> = {}) =>
      runProgram(bin, args, { cwd, env: { HOME: join(folder, 'home'), ...env } });
    return { folder, cwd, run, home: join(folder, 'home') };
  }

  test('keeps its data in the data directory of the user, wherever it is called, and says so', async () => {
    const { cwd, home, run } = install();
    const nothing = await run(['status']);
    expect(nothing.stderr).toContain(join(home, '.local/share/flux-mirror'));
    expect(nothing.stderr).toContain('FLUX_MIRROR_DATA_DIR');
    expect((await run(['track', TRACKED])).code).toBe(0);
    expect(existsSync(join(home, '.local/share/flux-mirror/mirror.db'))).toBe(true);
    expect(existsSync(join(cwd, 'data'))).toBe(false);
    const elsewhere = join(home, '../data of others');
    expect((await run(['track', TRACKED], { XDG_DATA_HOME: elsewhere })).code).toBe(0);
    expect(existsSync(join(elsewhere, 'flux-mirror/mirror.db'))).toBe(true);
  });

  test('prefers a mirror in ./data, and whatever is named', async (context) => {
    requireSqlite(context);
    const { cwd, home, run } = install();
    await run(['track', TRACKED, '--data-dir', 'data']);
    expect(JSON.parse((await run(['status', '--json'])).stdout)).toMatchObject({
      data_dir: join(cwd, 'data'),
    });
    const named = { FLUX_MIRROR_DATA_DIR: join(cwd, 'named') };
    await run(['track', TRACKED], named);
    expect(JSON.parse((await run(['status', '--json'], named)).stdout)).toMatchObject({
      data_dir: join(cwd, 'named'),
    });
    expect(existsSync(join(home, '.local'))).toBe(false);
  });

  test('reads .env in the working directory, then in the data directory, then in the user’s configuration', async () => {
    const { cwd, home, run } = install();
    await run(['track', TRACKED]);
    const write = (folder: string, batchSize: string) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, '.env'), `FLUX_MIRROR_PORT=${batchSize}\n`);
    };
    const readPort = async () => /FLUX_MIRROR_PORT: "(\w+)"/.exec((await run(['status'])).stderr)?.[1];
    expect(await readPort()).toBeUndefined();
    write(join(home, '.config/flux-mirror'), 'third');
    expect(await readPort()).toBe('third');
    write(join(home, '.local/share/flux-mirror'), 'second');
    expect(await readPort()).toBe('second');
    write(cwd, 'first');
    expect(await readPort()).toBe('first');
  });

  test('works for a user without a home directory', async () => {
    const { cwd, run } = install();
    expect((await run(['track', TRACKED], { HOME: '' })).code).toBe(0);
    expect(cwd).toBeTruthy();
  });
});

test('a source checkout, started by node, keeps its data in ./data', async () => {
  const cwd = temporaryDirectory();
  await runCli(['track', '2db0168c-2373-4367-8d9a-9dc778802e8a'], { cwd });
  expect(existsSync(join(cwd, 'data/mirror.db'))).toBe(true);
});

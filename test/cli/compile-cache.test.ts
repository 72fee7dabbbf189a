import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAIN, runProgram } from '../helpers/cli.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const hasCompileCache = 'enableCompileCache' in module;

describe('compiled code between runs', () => {
  const runIn = (directory: string, env: Record<string, string> = {}) =>
    runProgram(MAIN, ['--version'], { env: { XDG_CACHE_HOME: directory, ...env } });

  test.runIf(hasCompileCache && process.platform === 'linux')(
    'is kept in the cache directory of the user',
    async () => {
      const directory = temporaryDirectory();
      expect((await runIn(directory)).code).toBe(0);
      expect(readdirSync(join(directory, 'flux-mirror'))).not.toEqual([]);
    },
  );

  test('is not kept by those who switch that off', async () => {
    const directory = temporaryDirectory();
    expect((await runIn(directory, { NODE_DISABLE_COMPILE_CACHE: '1' })).code).toBe(0);
    expect(existsSync(join(directory, 'flux-mirror'))).toBe(false);
  });

  test('a directory that can not be written, or is a file, is no error, and is not mentioned', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const readOnly = join(temporaryDirectory(), 'read-only');
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o500);
    for (const directory of [file, readOnly, '/proc/nothing']) {
      const { code, stderr } = await runIn(directory, { NODE_NO_WARNINGS: '1' });
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  test.runIf(hasCompileCache && process.platform === 'linux')(
    'is not taken from a directory that others can write to, or that is a link',
    async () => {
      const target = temporaryDirectory();
      const linked = temporaryDirectory();
      symlinkSync(target, join(linked, 'flux-mirror'));
      const open = temporaryDirectory();
      mkdirSync(join(open, 'flux-mirror'));
      chmodSync(join(open, 'flux-mirror'), 0o777);
      for (const directory of [linked, open]) {
        expect((await runIn(directory)).code).toBe(0);
        expect(readdirSync(join(directory, 'flux-mirror'))).toEqual([]);
      }
    },
  );

  test('damaged code is compiled again', async () => {
    const directory = temporaryDirectory();
    await runIn(directory);
    const folder = join(directory, 'flux-mirror');
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
    for (const entry of entries)
      if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), 'nonsense');
    const { code, stdout } = await runIn(directory);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

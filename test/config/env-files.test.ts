import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateForUser } from '../../src/config/env-files.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

test('files of the user’s own configuration and data directories are the user’s, those of other data directories are not', () => {
  const home = temporaryDirectory();
  const [config, own, other] = ['config/flux-mirror', 'data/flux-mirror', 'other'].map((name) => {
    const directory = join(home, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, '.env'), 'A=1');
    return join(directory, '.env');
  });
  const env = { XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data') };
  const listOwn = (dataDir?: string) =>
    locateForUser({ platform: 'linux', env, home }, dataDir)
      .envFiles.filter(({ path }) => path.startsWith(home))
      .map(({ path, isOwn }) => [path, isOwn]);
  expect(listOwn()).toEqual([
    [own, true],
    [config, true],
  ]);
  expect(listOwn(join(home, 'other'))).toEqual([
    [other, false],
    [config, true],
  ]);
});

/** The Chromium of this machine, for tests of pages. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** @returns its path: that of FLUX_MIRROR_TEST_CHROMIUM, or one found in PATH; undefined if there is none */
export function findChromium(env = process.env): string | undefined {
  if (env.FLUX_MIRROR_TEST_CHROMIUM) return env.FLUX_MIRROR_TEST_CHROMIUM;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

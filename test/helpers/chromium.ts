/** The browsers of this machine, for tests of pages. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FIREFOX_NAMES = ['firefox-esr', 'firefox'];

/** @returns its path: that of FLUX_MIRROR_TEST_CHROMIUM, or one found in PATH; undefined if there is none */
export function findChromium(env = process.env): string | undefined {
  return env.FLUX_MIRROR_TEST_CHROMIUM || findExecutable(CHROMIUM_NAMES, env.PATH);
}

/** @returns its path: that of FLUX_MIRROR_TEST_FIREFOX, or one found in PATH; undefined if there is none */
export function findFirefox(env = process.env): string | undefined {
  return env.FLUX_MIRROR_TEST_FIREFOX || findExecutable(FIREFOX_NAMES, env.PATH);
}

function findExecutable(names: readonly string[], path = ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Single modules of `src` that tests run in processes of their own, built before the tests (build.ts). */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache');
export const BUILT_MODULES = join(CACHE, 'flux-mirror-test');

/** Runs commands one after the other, see command-host.ts. */
export const COMMAND_HOST = join(BUILT_MODULES, 'command-host.js');

/** @param name as below `src`, such as `store/sqlite/driver` */
export function builtModule(name: string): string {
  return pathToFileURL(join(BUILT_MODULES, `${name}.js`)).href;
}

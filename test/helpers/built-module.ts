/** Single modules of `src` that tests run in processes of their own, built before the tests (build.ts). */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const BUILT_MODULES = join(import.meta.dirname, '../../node_modules/.cache/flux-mirror-test');

/** @param name as below `src`, such as `store/sqlite/driver` */
export function builtModule(name: string): string {
  return pathToFileURL(join(BUILT_MODULES, `${name}.js`)).href;
}

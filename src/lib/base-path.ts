/** The base path as what addresses begin with. */

/** @param basePath as in the settings: `/`, or a path without a slash at the end @returns '' for `/` */
export function getPathPrefix(basePath: string): string {
  return basePath === '/' ? '' : basePath;
}

/** The base path as a URL prefix. */

/** @param basePath as in the settings: `/`, or a path without a trailing slash @returns '' for `/` */
export function getPathPrefix(basePath: string): string {
  return basePath === '/' ? '' : basePath;
}

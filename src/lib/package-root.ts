/** The directory of this package, to find the files it ships, both from sources and from a bundle. */
import { existsSync } from 'node:fs';

/** The folder of package.json, as a URL with a trailing slash. */
export const PACKAGE_ROOT = findPackageRoot(new URL('.', import.meta.url));

function findPackageRoot(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('package.json of flux-mirror is missing');
  return findPackageRoot(parent);
}

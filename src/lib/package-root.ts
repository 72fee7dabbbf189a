/** Where this package lies: from sources and in a bundle, files find what ships beside them by it. */
import { existsSync } from 'node:fs';

/** The folder of package.json, as a URL with a slash at its end. */
export const PACKAGE_ROOT = findPackageRoot(new URL('.', import.meta.url));

function findPackageRoot(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('package.json of flux-mirror is missing');
  return findPackageRoot(parent);
}

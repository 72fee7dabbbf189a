/** The vendor's own paths. Clients that join a base URL and a path by hand request `//flux/tasks` or `/flux/tasks/`. */
import { getPathPrefix } from '../../lib/base-path.ts';
import { FLUX } from '../../service/flux.ts';

export const DROP_IN_PATHS: readonly string[] = [FLUX.taskPath, ...Object.values(FLUX.generationPaths)];

/**
 * @param basePath as in the settings
 * @returns a function that maps a request target to the route's own spelling; other targets stay unchanged
 */
export function createPathNormalizer(basePath: string): (target: string) => string {
  const prefix = getPathPrefix(basePath);
  const known = new Set(DROP_IN_PATHS.map((path) => `${prefix}${path}`));
  return (target) => {
    const end = target.indexOf('?');
    const path = end === -1 ? target : target.slice(0, end);
    if (!path.includes('//') && !path.endsWith('/')) return target;
    const plain = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
    return known.has(plain) ? `${plain}${target.slice(path.length)}` : target;
  };
}

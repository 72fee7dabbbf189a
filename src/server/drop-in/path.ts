/** The spellings of the vendor's paths: clients that join a base URL and a path by hand write `//flux/tasks` or `/flux/tasks/`. */
import { getPathPrefix } from '../../lib/base-path.ts';
import { FLUX } from '../../service/flux.ts';

const PATHS = [FLUX.taskPath, ...Object.values(FLUX.generationPaths)];

/**
 * @param basePath as in the settings
 * @returns a function from a request's target to the one that the routes know; any other target stays as it is
 */
export function createPathNormalizer(basePath: string): (target: string) => string {
  const known = new Set(PATHS.map((path) => `${getPathPrefix(basePath)}${path}`));
  return (target) => {
    const end = target.indexOf('?');
    const path = end === -1 ? target : target.slice(0, end);
    if (!path.includes('//') && !path.endsWith('/')) return target;
    const plain = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
    return known.has(plain) ? `${plain}${target.slice(path.length)}` : target;
  };
}

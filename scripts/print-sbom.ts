/**
 * `npm run --silent sbom`: the parts of the published package with their licences, in SPDX 2.3. `npm sbom --omit=dev` leaves out what
 * a development dependency also needs (npm 11), so that the full list is reduced here, by the marks of the lock file. What is copied
 * into our sources is added.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}

interface Spdx {
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly name: string;
    readonly versionInfo: string;
  }[];
  readonly relationships: readonly { readonly spdxElementId: string; readonly relatedSpdxElement: string }[];
}

/** Development dependencies of which something is in the sources: the shapes of icons. */
const COPIED = ['lucide-static'];

const root = join(import.meta.dirname, '..');
const npm = process.env.npm_execpath;
if (npm === undefined) throw new Error('run it with npm: npm run --silent sbom');

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
const shipped = new Set(
  Object.entries(lock.packages)
    .map(([path, { version, dev = false }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      dev,
    }))
    .filter(({ name, dev }) => !dev || COPIED.includes(name))
    .map(({ name, version }) => `${name}@${version}`),
);
const all = JSON.parse(
  execFileSync(process.execPath, [npm, 'sbom', '--package-lock-only', '--sbom-format=spdx'], {
    ...{ cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  }),
) as Spdx;
const [own, ...others] = all.packages;
const packages = [own, ...others.filter(({ name, versionInfo }) => shipped.has(`${name}@${versionInfo}`))];
const ids = new Set(['SPDXRef-DOCUMENT', ...packages.map((each) => each?.SPDXID)]);
const relationships = all.relationships.filter(
  ({ spdxElementId, relatedSpdxElement }) => ids.has(spdxElementId) && ids.has(relatedSpdxElement),
);
process.stdout.write(`${JSON.stringify({ ...all, packages, relationships }, null, 2)}\n`);

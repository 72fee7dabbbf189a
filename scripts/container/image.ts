/** Builds the last stage of a Dockerfile as a folder, with chroot in the place of a container engine. Needs Linux and root. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import type { Stage, Step } from './dockerfile.ts';

export interface Image {
  readonly root: string;
  readonly env: ReadonlyMap<string, string>;
  readonly directory: string;
  readonly user: string;
  readonly cmd: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
}

interface BuildOptions {
  /** What the build may copy. */
  readonly context: string;
  /** Makes a root of a base image in a folder that does not exist yet. */
  readonly createBase: (image: string, root: string) => void;
  /** An empty folder for the roots. */
  readonly work: string;
  /** In the environment of RUN alone: what npm needs to reach its registry from here. */
  readonly buildEnv: ReadonlyMap<string, string>;
}

/** What is mounted, and what is left running, is gone with the process. */
export const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function buildImage(stages: readonly Stage[], options: BuildOptions): Image {
  const images = new Map<string, Image>();
  let last: Image | undefined;
  for (const [at, { name = String(at), image, steps }] of stages.entries()) {
    const root = join(options.work, name);
    options.createBase(image, root);
    last = steps.reduce((built, step) => applyStep(built, step, images, options), createImage(root));
    images.set(name, last);
  }
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  return last;
}

function createImage(root: string): Image {
  return {
    root,
    env: new Map([['PATH', PATH]]),
    directory: '/',
    user: 'root',
    cmd: [],
    healthcheck: [],
    volumes: [],
  };
}

function applyStep(
  image: Image,
  step: Step,
  images: ReadonlyMap<string, Image>,
  options: BuildOptions,
): Image {
  switch (step.kind) {
    case 'workdir':
      mkdirSync(join(image.root, step.path), { recursive: true });
      return { ...image, directory: step.path };
    case 'user':
      return { ...image, user: step.name };
    case 'env':
      return { ...image, env: new Map([...image.env, ...step.values]) };
    case 'run':
      console.log(`RUN ${step.command}`);
      runInRoot(image, ['/bin/sh', '-c', step.command], options.buildEnv);
      return image;
    case 'copy':
      copy(image, step, step.from === undefined ? options.context : findRoot(images, step.from));
      return image;
    case 'volume':
      return { ...image, volumes: [...image.volumes, step.value] };
    case 'healthcheck':
      return { ...image, healthcheck: step.args };
    case 'cmd':
      return { ...image, cmd: step.args };
    case 'expose':
      return image;
  }
}

function findRoot(images: ReadonlyMap<string, Image>, name: string): string {
  const found = images.get(name);
  if (found === undefined) throw new Error(`COPY --from=${name}: there is no such stage`);
  return found.root;
}

/** As COPY does: the content of a folder, and a file into a folder whose name ends with a slash or that is `.`. */
function copy(image: Image, { sources, to }: Step & { kind: 'copy' }, from: string): void {
  const target = join(image.root, posix.resolve(image.directory, to));
  const isFolder = to.endsWith('/') || to === '.' || to === './' || sources.length > 1;
  for (const source of sources) {
    const path = join(from, source);
    if (!existsSync(path)) throw new Error(`COPY ${source}: it is not in the context`);
    const place = isFolder && !statSync(path).isDirectory() ? join(target, basename(source)) : target;
    mkdirSync(dirname(place), { recursive: true });
    cpSync(path, place, { recursive: true, verbatimSymlinks: true });
  }
}

function runInRoot(image: Image, args: readonly string[], more: ReadonlyMap<string, string>): void {
  const script = `
    root=$1; shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    cd /
    exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$@"`;
  execFileSync('unshare', [...NAMESPACES, 'sh', '-ec', script, 'run', image.root, image.directory, ...args], {
    env: Object.fromEntries([...image.env, ...more]),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** What a `.dockerignore` of the form of ours, everything but some, lets into the context. */
export function copyContext(project: string, context: string): void {
  const [first, ...rules] = readFileSync(join(project, '.dockerignore'), 'utf8').trim().split('\n');
  if (first !== '*' || !rules.every((rule) => rule.startsWith('!')))
    throw new Error('.dockerignore has another form than was expected');
  for (const rule of rules)
    cpSync(join(project, rule.slice(1)), join(context, rule.slice(1)), { recursive: true });
}

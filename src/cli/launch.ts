/** How the program was started: what its commands are called here, and whether it is installed for the user. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../lib/package-root.ts';

export interface Launch {
  /** What a person types before the name of a command. */
  readonly command: string;
  /** Installed for the user, not as a dependency of the project in the working directory, and not run from a source checkout. */
  readonly isGlobal: boolean;
}

export interface LaunchFacts {
  /** Path of the script, as it was called. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly packageRoot: string;
  /** Published packages have no sources. */
  readonly hasSources: boolean;
}

const NAME = 'flux-mirror';
/** The scripts of package.json that run the program. */
const SCRIPTS = new Set(['start', 'demo', NAME]);

export function describeLaunch({ script, env, cwd, packageRoot, hasSources }: LaunchFacts): Launch {
  const isLinked = basename(script, '.cmd') === NAME; // `npm link` and a global install put it on the path by this name
  if (hasSources && !isLinked) {
    const isScript = env.npm_package_name === NAME && SCRIPTS.has(env.npm_lifecycle_event ?? '');
    return { command: isScript || script.endsWith('.ts') ? `npm run ${NAME} --` : NAME, isGlobal: false };
  }
  const isDependency = packageRoot === join(cwd, 'node_modules', NAME);
  const isInstalled = isLinked || packageRoot.split(/[\\/]/).includes('node_modules');
  const isNpx = env.npm_command === 'exec' || isDependency;
  const command = isNpx ? `npx ${describePackage(env)}${NAME}` : NAME;
  return { command, isGlobal: isInstalled && !isDependency };
}

/** `--package=./flux-mirror-0.1.0.tgz `: without it, npx would look for the name in the registry. */
function describePackage(env: LaunchFacts['env']): string {
  const named = env.npm_command === 'exec' ? env.npm_config_package : undefined;
  return named ? `--package=${named} ` : '';
}

/** The launch of this process. */
export function readLaunch(): Launch {
  const cwd = process.cwd();
  return describeLaunch({
    script: process.argv[1] ?? '',
    env: process.env,
    cwd: realpathSync(cwd),
    packageRoot: fileURLToPath(PACKAGE_ROOT).replace(/[\\/]$/, ''),
    hasSources: existsSync(new URL('src/cli/main.ts', PACKAGE_ROOT)),
  });
}

/** Replaces the commands in a message, which name the program as it is called when it is installed. */
export function adaptCommands(text: string, { command }: Launch): string {
  return command === NAME ? text : text.replace(/(^ *|`)flux-mirror (?=[a-z])/gm, `$1${command} `);
}

/**
 * The settings: one parsed, validated object. Precedence: flag, environment, `.env` file, default.
 * setting-table.ts lists the settings.
 */
import { parseEnv } from 'node:util';
import type * as z from 'zod';
import { describeReason } from '../lib/errno.ts';
import { BadSetting } from './bad-setting.ts';
import type { EnvFile } from './env-files.ts';
import { readObjectStore } from './object-store.ts';
import type { Setting } from './setting.ts';
import { listSettings, SETTINGS, type SettingName } from './setting-table.ts';

/** Every setting, parsed. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> } & {
  /** The upstream was named by a foreign file, and gets no token and no payment of a caller: see `findForeignUpstream`. */
  readonly isUpstreamForeign?: boolean;
  /** Nor does it get the mirror's own token, which is from another place. */
  readonly isTokenWithheld?: boolean;
};

export interface SettingSources {
  /** From the command line, by setting name. */
  readonly flags: Partial<Record<SettingName, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `.env` files; the first one that has a setting counts. */
  readonly envFiles?: readonly EnvFile[];
  /** In place of the defaults of the settings table. */
  readonly defaults?: Partial<Record<SettingName, string>>;
  /** Reads a file that holds the value of a setting. @throws the system's error */
  readonly readFile?: (path: string) => string;
}

/** Where a setting was given; `default` if nowhere. */
type Origin = 'flag' | 'environment' | 'default' | EnvFile;

/**
 * Parses all settings. A token for the upstream that would go to an address from a foreign file is left out: see
 * `findForeignUpstream`.
 * @throws BadSetting for the first invalid one
 */
export function parseConfig(sources: SettingSources): Config {
  const parsed: Record<string, unknown> = {};
  for (const [name, setting] of listSettings()) {
    const { text, origin } = findText(sources, name, setting);
    const result = setting.schema.safeParse(text);
    if (!result.success) {
      const given = setting.secret ? 'its value' : JSON.stringify(text?.replace(URL_PASSWORD, '://…@'));
      const label = origin === 'flag' ? `--${setting.flag}` : setting.env;
      throw new BadSetting(`${label}: ${given} can't be used; allowed: ${setting.allowed}`);
    }
    parsed[name] = result.data;
  }
  const config = parsed as Config;
  if (config.imageStore) readObjectStore(config, config.imageStore);
  refuseForeignImageStore(sources, config);
  const foreign = findForeignUpstream(sources, config);
  if (foreign === undefined) return config;
  return foreign.isTokenWithheld
    ? { ...config, isUpstreamForeign: true, upstreamToken: undefined, isTokenWithheld: true }
    : { ...config, isUpstreamForeign: true };
}

/** A user name, and most likely a password, in an address. */
const URL_PASSWORD = /:\/\/[^/]*@/;

/** An upstream other than the vendor's that is named by a file of a directory that is not the user's by its name. */
export interface ForeignUpstream {
  /** Of the file. */
  readonly path: string;
  /** The mirror has a token, from another place. */
  readonly isTokenWithheld: boolean;
}

/**
 * Finds an upstream to which nothing secret from elsewhere must be sent: whoever wrote the file may not be who has the token. A
 * program that is started in a downloaded folder would otherwise send its token, and those and the payments of its callers,
 * wherever that folder's file says. A token in the same file is the writer's own.
 * @returns undefined if the upstream is the vendor's, or if the user named it
 */
export function findForeignUpstream(
  sources: SettingSources,
  { upstreamUrl }: Pick<Config, 'upstreamUrl'>,
): ForeignUpstream | undefined {
  const { origin } = findText(sources, 'upstreamUrl', SETTINGS.upstreamUrl);
  if (typeof origin === 'string' || origin.isOwn) return undefined;
  if (upstreamUrl === SETTINGS.upstreamUrl.schema.parse(SETTINGS.upstreamUrl.default)) return undefined;
  const token = findText(sources, 'upstreamToken', SETTINGS.upstreamToken);
  return { path: origin.path, isTokenWithheld: token.text !== undefined && token.origin !== origin };
}

/**
 * Whoever wrote a file that names an object store must have its keys as well: a downloaded folder would otherwise have the images and
 * the requests of a user's keys sent wherever its file says.
 * @throws BadSetting
 */
function refuseForeignImageStore(sources: SettingSources, { imageStore }: Pick<Config, 'imageStore'>): void {
  if (imageStore === undefined) return;
  const key = findText(sources, 'awsSecretAccessKey', SETTINGS.awsSecretAccessKey).origin;
  for (const name of ['imageStore', 'awsEndpointUrl', 'awsS3EndpointUrl'] as const) {
    const { env } = SETTINGS[name];
    const { origin } = findText(sources, name, SETTINGS[name]);
    if (typeof origin === 'string' || origin.isOwn || origin === key) continue;
    throw new BadSetting(
      `${origin.path} sets ${env}, but not ${SETTINGS.awsSecretAccessKey.env}: set both in the same place`,
    );
  }
}

/** Settings that decide who reaches the mirror, and through it the user's token, and whom it reaches. */
const ACCESS_SETTINGS: readonly SettingName[] = [
  'host',
  'tokens',
  'allowedHosts',
  'allowedOrigins',
  'trustedProxies',
  'imageAllowHosts',
  'callbackUrl',
  // Who has the database decides about the tokens of callers.
  'databaseUrl',
];

/**
 * Finds files of the working or data directory that decide about access to a mirror whose token is from another place: they may have
 * come with a downloaded folder.
 * @returns the variables that count, by file
 */
export function findForeignAccess(sources: SettingSources): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const token = findText(sources, 'upstreamToken', SETTINGS.upstreamToken);
  if (token.text === undefined) return found;
  for (const name of ACCESS_SETTINGS) {
    const { origin } = findText(sources, name, SETTINGS[name]);
    if (typeof origin === 'string' || origin.isOwn || origin === token.origin) continue;
    found.set(origin.path, [...(found.get(origin.path) ?? []), SETTINGS[name].env]);
  }
  return found;
}

function findText(
  { flags, env, envFiles = [], defaults = {}, readFile }: SettingSources,
  name: SettingName,
  setting: Setting,
): { readonly text: string | undefined; readonly origin: Origin } {
  const flag = flags[name];
  if (flag !== undefined) return { text: flag, origin: 'flag' };
  // An empty variable counts as unset: that is how compose files and unit files leave one out.
  if (env[setting.env]) return { text: env[setting.env], origin: 'environment' };
  const inFile = readFile && readNamedFile(setting, env, readFile);
  if (inFile !== undefined) return { text: inFile, origin: 'environment' };
  for (const file of envFiles) {
    const variables = parseEnv(file.text);
    const text = variables[setting.env];
    if (text) return { text, origin: file };
    // Other files could name any file of the user's.
    const named = file.isOwn && readFile ? readNamedFile(setting, variables, readFile) : undefined;
    if (named !== undefined) return { text: named, origin: file };
  }
  return { text: defaults[name] ?? setting.default, origin: 'default' };
}

/** The value in the file that a variable names. @throws BadSetting if it can't be read */
function readNamedFile(
  { env: name, hasFile = false }: Setting,
  variables: SettingSources['env'],
  readFile: (path: string) => string,
): string | undefined {
  const variable = `${name}_FILE`;
  const path = hasFile ? variables[variable] : undefined;
  if (!path) return undefined;
  try {
    const text = readFile(path).trim();
    if (text !== '') return text;
  } catch (error) {
    throw new BadSetting(`${variable}: ${JSON.stringify(path)} can't be read (${describeReason(error)})`);
  }
  throw new BadSetting(`${variable}: ${JSON.stringify(path)} is empty`);
}

/** Variables that look like settings but are not: most likely typos. */
export function findUnknownSettings(env: SettingSources['env']): string[] {
  const known = new Set(
    listSettings().flatMap(([, { env: name, hasFile }]) => (hasFile ? [name, `${name}_FILE`] : [name])),
  );
  return Object.keys(env).filter((name) => name.startsWith('FLUX_MIRROR_') && !known.has(name));
}

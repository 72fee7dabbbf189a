/** Turns the table in config/setting-table.ts into flags of a command, and reads their values when it runs. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import {
  type Config,
  type ForeignUpstream,
  findForeignAccess,
  findForeignUpstream,
  findUnknownSettings,
  parseConfig,
} from '../config/config.ts';
import { locateForUser, locateInWorkingDirectory, type SettingLocations } from '../config/env-files.ts';
import type { Scope, Setting } from '../config/setting.ts';
import { listSettings, SETTINGS, type SettingName } from '../config/setting-table.ts';
import { readLaunch } from './launch.ts';
import { printNote } from './output.ts';
import { readUser } from './user.ts';

/** Adds the flags of the settings in these scopes, and of the common ones. */
export function addSettings(command: Command, ...scopes: readonly Scope[]): Command {
  for (const [, setting] of [...scopes, 'common' as const].flatMap((scope) => listSettings(scope))) {
    if (setting.flag === undefined) continue;
    const value = setting.isSwitch ? '' : ' <value>';
    const fallback = describeDefault(setting);
    command.option(`--${setting.flag}${value}`, `${setting.describe} (${setting.env}${fallback})`);
  }
  return command;
}

/** `, default 8787`; empty if there is none. */
export function describeDefault(setting: Setting): string {
  if (setting === SETTINGS.dataDir && readLaunch().isGlobal)
    return `, default: ${setting.default} if there is a mirror in it, else the user's data directory`;
  return setting.default === undefined ? '' : `, default ${setting.default}`;
}

/** Reads the settings of a command from its flags, the environment and `.env`. @throws BadSetting */
export function readConfig(command: Command): Config {
  const options = command.optsWithGlobals<Record<string, string | boolean | undefined>>();
  const flags: Partial<Record<SettingName, string>> = {};
  for (const [name, setting] of listSettings()) {
    if (setting.flag === undefined) continue;
    const value = options[convertToCamelCase(setting.flag)];
    if (value !== undefined) flags[name] = String(value);
  }
  const { envFiles, defaultDataDir } = locateSettings(flags.dataDir);
  const named = Object.assign({}, process.env, ...envFiles.map(({ text }) => parseEnv(text)));
  for (const name of findUnknownSettings(named)) printNote(`unknown setting: ${name}`);
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const sources = { flags, env: process.env, envFiles, defaults: { dataDir: defaultDataDir }, readFile };
  const config = parseConfig(sources);
  if (command.options.some(({ long }) => long === `--${SETTINGS.upstreamUrl.flag}`)) {
    if (flags.upstreamToken !== undefined) printNote(TOKEN_ON_COMMAND_LINE);
    const foreign = findForeignUpstream(sources, config);
    if (foreign !== undefined) printNote(describeForeignUpstream(foreign, config.upstreamUrl));
    for (const [path, names] of findForeignAccess(sources))
      printNote(
        `${path} sets ${names.join(', ')} of a mirror whose ${SETTINGS.upstreamToken.env} is set elsewhere`,
      );
  }
  return config;
}

const TOKEN_ON_COMMAND_LINE = `--${SETTINGS.upstreamToken.flag} shows the token to everyone who can list processes: ${SETTINGS.upstreamToken.env}, in the environment or in .env, does not`;

function describeForeignUpstream({ path, isTokenWithheld }: ForeignUpstream, url: string): string {
  const { upstreamUrl, upstreamToken } = SETTINGS;
  const note = `${path} sets ${upstreamUrl.env}: requests go to ${url}`;
  return isTokenWithheld
    ? `${note}, without ${upstreamToken.env}, which was set elsewhere, or any other token or payment. To send it there, set both in the same place`
    : `${note}, without the tokens and payments of callers. To send them there, set ${upstreamUrl.env} in the environment`;
}

/** @param dataDir from the command line */
export function locateSettings(dataDir: string | undefined): SettingLocations {
  if (!readLaunch().isGlobal) return locateInWorkingDirectory();
  return locateForUser(readUser(), dataDir);
}

/** Commander's option name for a flag. */
function convertToCamelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Turns the table in config/setting-table.ts into flags of a command, and reads their values when it runs. */
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { type Config, findUnknownSettings, parseConfig, readEnvFile } from '../config/config.ts';
import type { Scope } from '../config/setting.ts';
import { listSettings, type SettingName } from '../config/setting-table.ts';
import { printNote } from './output.ts';

/** Adds the flags of the settings in these scopes, and of the common ones. */
export function addSettings(command: Command, ...scopes: readonly Scope[]): Command {
  for (const [, setting] of [...scopes, 'common' as const].flatMap((scope) => listSettings(scope))) {
    if (setting.flag === undefined) continue;
    const value = setting.isSwitch ? '' : ' <value>';
    const fallback = setting.default === undefined ? '' : `, default ${setting.default}`;
    command.option(`--${setting.flag}${value}`, `${setting.describe} (${setting.env}${fallback})`);
  }
  return command;
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
  const envFile = readEnvFile();
  const named = { ...process.env, ...(envFile === undefined ? {} : parseEnv(envFile)) };
  for (const name of findUnknownSettings(named)) printNote(`unknown setting: ${name}`);
  return parseConfig({
    flags,
    env: process.env,
    ...(envFile === undefined ? {} : { envFile }),
  });
}

/** Commander's option name for a flag. */
function convertToCamelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

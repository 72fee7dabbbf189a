/** Settings as options of a command, made from the one table in config.ts. */
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { type Config, parseConfig, readEnvFile, unknownSettings } from '../config/config.ts';
import { SETTINGS, type SettingName } from '../config/setting-table.ts';
import { isCronExpression } from '../lib/cron.ts';
import { remark } from './output.ts';

const BOOLEAN: ReadonlySet<SettingName> = new Set(['offline', 'discover']);

/** Settings that only the server needs. */
export const SERVER_SETTINGS: readonly SettingName[] = [
  'host',
  'port',
  'syncCron',
  'backupCron',
  'pendingTtlMs',
  'basePath',
  'rewriteImageUrls',
  'callbackUrl',
];
/** Settings of whatever talks to the upstream. */
export const UPSTREAM_SETTINGS: readonly SettingName[] = [
  'upstreamToken',
  'upstreamUrl',
  'offline',
  'batchSize',
  'concurrency',
  'upstreamTimeoutMs',
  'giveUpAfterMs',
  'archiveImages',
  'discover',
  'userIds',
  'applicationIds',
];
/** Settings of every command. */
const COMMON_SETTINGS: readonly SettingName[] = ['dataDir', 'logLevel', 'logFormat'];

/** Adds the flags of these settings, and of those that every command has. */
export function withSettings(command: Command, names: readonly SettingName[] = []): Command {
  for (const name of [...names, ...COMMON_SETTINGS]) {
    const setting = SETTINGS[name];
    if (!('flag' in setting)) continue;
    const value = BOOLEAN.has(name) ? '' : ' <value>';
    const fallback = setting.fallback === undefined ? '' : `, default ${setting.fallback}`;
    command.option(`--${setting.flag}${value}`, `${setting.describe} (${setting.env}${fallback})`);
  }
  return command;
}

/** The settings for a command that was called with these options. @throws BadSetting */
export function configFor(command: Command): Config {
  const options = command.optsWithGlobals<Record<string, string | boolean | undefined>>();
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const setting = SETTINGS[name];
    if (!('flag' in setting)) continue;
    const value = options[camelCase(setting.flag)];
    if (value !== undefined) flags[name] = String(value);
  }
  const envFile = readEnvFile();
  const named = { ...process.env, ...(envFile === undefined ? {} : parseEnv(envFile)) };
  for (const name of unknownSettings(named)) remark(`${name} is no setting of flux-mirror`);
  return parseConfig({
    flags,
    env: process.env,
    ...(envFile === undefined ? {} : { envFile }),
    isCron: isCronExpression,
  });
}

/** As commander names the option of a flag. */
function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

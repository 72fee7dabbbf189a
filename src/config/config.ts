/**
 * The settings: one parsed, validated object. Precedence: flag, environment, `.env` file, default.
 * setting-table.ts lists the settings.
 */
import { BlockList, isIP } from 'node:net';
import { parseEnv } from 'node:util';
import type * as z from 'zod';
import type { EnvFile } from './env-files.ts';
import { listSettings, type SETTINGS, type SettingName } from './setting-table.ts';

/** An invalid setting; the message names it, its value and what is allowed, in one line. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

/** Every setting, parsed. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };

export interface SettingSources {
  /** From the command line, by setting name. */
  readonly flags: Partial<Record<SettingName, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `.env` files; the first one that has a setting counts. */
  readonly envFiles?: readonly EnvFile[];
  /** In place of the defaults of the settings table. */
  readonly defaults?: Partial<Record<SettingName, string>>;
}

/**
 * Parses all settings.
 * @throws BadSetting for the first invalid one
 */
export function parseConfig({ flags, env, envFiles = [], defaults = {} }: SettingSources): Config {
  const variables: readonly SettingSources['env'][] = [env, ...envFiles.map(({ text }) => parseEnv(text))];
  const parsed: Record<string, unknown> = {};
  for (const [name, setting] of listSettings()) {
    const fromFlag = flags[name];
    // An empty variable counts as unset: that is how compose files and unit files leave one out.
    const fromVariable = variables.map((source) => source[setting.env]).find(Boolean);
    const value = fromFlag ?? fromVariable ?? defaults[name] ?? setting.default;
    const result = setting.schema.safeParse(value);
    if (!result.success) {
      const given = setting.secret ? 'its value' : JSON.stringify(value);
      const label = fromFlag !== undefined ? `--${setting.flag}` : setting.env;
      throw new BadSetting(`${label}: ${given} can't be used; allowed: ${setting.allowed}`);
    }
    parsed[name] = result.data;
  }
  return parsed as Config;
}

/** Variables that look like settings but are not: most likely typos. */
export function findUnknownSettings(env: SettingSources['env']): string[] {
  const known = new Set(listSettings().map(([, setting]) => setting.env));
  return Object.keys(env).filter((name) => name.startsWith('FLUX_MIRROR_') && !known.has(name));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a listen address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const unbracketed = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(unbracketed);
  if (family === 0) return unbracketed === 'localhost' || unbracketed.endsWith('.localhost');
  return loopback.check(unbracketed, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The settings: one parsed, validated object. Precedence: flag, environment, `.env` file, default.
 * setting-table.ts has their names; here are their values.
 */
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { hasErrorCode } from '../lib/errno.ts';
import { LOG_LEVELS } from '../lib/log.ts';
import { parseDuration } from './duration.ts';
import { SETTINGS, type Setting, type SettingName } from './setting-table.ts';
import { parseSize } from './size.ts';

/** A setting that can't be used; the message names it, its value and what is allowed, in one line. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

const text = z.string().trim().min(1);
const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));
const duration = z.string().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms === undefined) context.addIssue({ code: 'custom', message: 'not a duration' });
  return ms ?? z.NEVER;
});
const size = z.string().transform((value, context) => {
  const bytes = parseSize(value);
  if (bytes === undefined) context.addIssue({ code: 'custom', message: 'not a size' });
  return bytes ?? z.NEVER;
});
const flag = z.stringbool();
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const token = text.regex(/^[\x21-\x7e]+$/);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const basePath = z
  .string()
  .regex(/^\/[\w./~-]*$/)
  .transform((path) => `/${path.split('/').filter(Boolean).join('/')}`);
/** What `sha256sum` says of nothing: somebody's variable was not set. */
const HASH_OF_NOTHING = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const hashedToken = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .refine((hashed) => hashed !== HASH_OF_NOTHING);
const tokenList = list.pipe(
  // A list of nothing would let everybody in.
  z.array(z.union([hashedToken, token.regex(/^(?!sha256:)/)])).min(1),
);
const origins = list.pipe(z.array(z.string().regex(/^https?:\/\/[^/\s]+$/)));

const CRONS: ReadonlySet<SettingName> = new Set(['syncCron', 'backupCron']);

const shapes = {
  upstreamToken: token.optional(),
  upstreamUrl: httpUrl,
  host: text,
  port: integer(0, 65535),
  dataDir: text.transform((path) => resolve(path)),
  offline: flag,
  syncCron: text,
  backupCron: text,
  batchSize: integer(1, 50),
  concurrency: integer(1, 32),
  pendingTtlMs: duration,
  upstreamTimeoutMs: duration.pipe(z.number().min(1).max(600_000)),
  giveUpAfterMs: duration,
  archiveImages: flag,
  imageAllowHosts: list.pipe(z.array(z.string().regex(/^[^\s/]+$/))).default([]),
  imageConcurrency: integer(1, 32),
  maxImageBytes: size,
  maxArchiveBytes: size.optional(),
  rewriteImageUrls: flag,
  callbackUrl: httpUrl.optional(),
  discover: flag,
  userIds: list.default([]),
  applicationIds: list.default([]),
  tokens: tokenList.default([]),
  allowedOrigins: origins.default([]),
  basePath,
  allowedHosts: list.default([]),
  logLevel: z.enum(LOG_LEVELS),
  logFormat: z.enum(['pretty', 'json']).default(process.stderr.isTTY ? 'pretty' : 'json'),
} satisfies Record<SettingName, z.ZodType>;

export type Config = { readonly [Name in SettingName]: z.output<(typeof shapes)[Name]> };

export interface SettingSources {
  /** From the command line, by setting name. */
  readonly flags: Partial<Record<SettingName, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a `.env` file. */
  readonly envFile?: string;
  /** Checks a cron expression; passed in because the schedule knows them. */
  readonly isCron: (expression: string) => boolean;
}

/**
 * Parses all settings.
 * @throws BadSetting for the first that can't be used
 */
export function parseConfig({ flags, env, envFile, isCron }: SettingSources): Config {
  const file: Record<string, string | undefined> = envFile === undefined ? {} : parseEnv(envFile);
  const parsed: Record<string, unknown> = {};
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const setting: Setting = SETTINGS[name];
    const fromFlag = flags[name];
    // An empty variable is as good as none: that is how compose files and unit files leave one out.
    const value =
      fromFlag ?? (env[setting.env] || undefined) ?? (file[setting.env] || undefined) ?? setting.fallback;
    const result = shapes[name].safeParse(value);
    const isBadCron = CRONS.has(name) && value !== 'off' && !isCron(value ?? '');
    if (!result.success || isBadCron) {
      const given = setting.secret ? 'its value' : JSON.stringify(value);
      const label = fromFlag !== undefined ? `--${setting.flag}` : setting.env;
      throw new BadSetting(`${label}: ${given} can't be used; allowed: ${setting.allowed}`);
    }
    parsed[name] = result.data;
  }
  return parsed as Config;
}

/** Variables that look like settings and are none: mistyped, most likely. */
export function unknownSettings(env: SettingSources['env']): string[] {
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.env));
  return Object.keys(env).filter((name) => name.startsWith('FLUX_MIRROR_') && !known.has(name));
}

/** The text of `.env` in the working directory, undefined when there is none. */
export function readEnvFile(): string | undefined {
  try {
    return readFileSync('.env', 'utf8').replace(/^\ufeff/, ''); // a byte order mark would be part of the first name
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(bare);
  if (family === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  return loopback.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

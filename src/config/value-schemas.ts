/**
 * Value types of settings: how each is parsed, and the description of what is allowed. Every value arrives as text, from a
 * flag or a variable.
 */
import { resolve } from 'node:path';
import * as z from 'zod';
import { parseAddressRange } from '../lib/address-ranges.ts';
import { isCronExpression } from '../lib/cron.ts';
import { LOG_LEVELS } from '../lib/log-level.ts';
import { parseDuration } from './duration.ts';
import { parseBucketAddress } from './object-store.ts';
import { parseSize } from './size.ts';

/** The SHA-256 of empty input: the variable that was hashed was not set. */
const HASH_OF_EMPTY_INPUT = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const nonEmptyText = z.string().trim().min(1);
const durationMs = z.string().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms === undefined) context.addIssue({ code: 'custom', message: 'not a duration' });
  return ms ?? z.NEVER;
});
const tokenText = nonEmptyText.regex(/^[\x21-\x7e]+$/);
const hashedToken = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .refine((hashed) => hashed !== HASH_OF_EMPTY_INPUT);
const commaSeparated = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

export const createTextSchema = (allowed: string) => ({ schema: nonEmptyText, allowed });

export const createIntegerSchema = (min: number, max: number) => ({
  schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max)),
  allowed: `a number from ${min} to ${max}`,
});

export const boolean = { schema: z.stringbool(), allowed: 'true or false' };

/** In milliseconds. @param range limits of the parsed value */
export const createDurationSchema = (range: z.ZodType<number, number> = z.number()) => ({
  schema: durationMs.pipe(range),
  allowed: 'a duration such as 500ms, 3s, 10m, 2h or 7d',
});

/** In bytes. */
export const createSizeSchema = (allowed: string) => ({
  schema: z.string().transform((value, context) => {
    const bytes = parseSize(value);
    if (bytes === undefined) context.addIssue({ code: 'custom', message: 'not a size' });
    return bytes ?? z.NEVER;
  }),
  allowed,
});

/** An absolute path. */
export const directory = {
  schema: nonEmptyText.transform((path) => resolve(path)),
  allowed: 'a directory',
};

/** Without a trailing slash. */
export const createHttpUrlSchema = (allowed = 'an http or https address') => ({
  schema: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  allowed,
});

/** As `createHttpUrlSchema`: fetch refuses a user name or a password, and they would replace the token. */
export const upstreamUrl = {
  schema: createHttpUrlSchema().schema.refine((url) => {
    const { username, password } = new URL(url);
    return username === '' && password === '';
  }),
  allowed: 'an http or https address without a user name or password',
};

export const databaseUrl = {
  schema: z.string().regex(/^postgres(?:ql)?:\/\/\S+$/),
  allowed: 'postgres://user:password@host:port/database, with special characters as %XX',
};

/** Starts with a slash; no trailing slash, except for the root. */
export const basePath = {
  schema: z
    .string()
    .regex(/^\/[\w./~-]*$/)
    .transform((path) => `/${path.split('/').filter(Boolean).join('/')}`),
  allowed: 'a path that begins with /',
};

/** Valid, which every command would else find out by computing its next time: 5 ms. */
export const DEFAULT_SYNC_CRON = '*/15 * * * * *';

export const cronSchedule = {
  schema: z
    .string()
    .refine((value) => value === 'off' || value === DEFAULT_SYNC_CRON || isCronExpression(value))
    .pipe(nonEmptyText),
  allowed: 'a cron expression of five or six fields for a time that will come, or off',
};

/** Headers that say something else, which nobody may be allowed to say by them. */
const OTHER_HEADERS =
  /^(authorization|cookie|host|origin|referer|forwarded|x-forwarded-.*|content-.*|accept.*|sec-.*|user-agent)$/;

/** The name of a header in lower case (RFC 9110, section 5.6.2). */
export const signOnHeader = {
  schema: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(
      z
        .string()
        .regex(/^[a-z\d!#$%&'*+.^_`|~-]+$/)
        .refine((name) => !OTHER_HEADERS.test(name)),
    ),
  allowed: 'the name of a header of its own, such as Remote-User',
};

export const token = { schema: tokenText, allowed: 'a token without spaces' };

export const tokenList = {
  // An empty list would disable authentication.
  schema: commaSeparated
    .pipe(z.array(z.union([hashedToken, tokenText.regex(/^(?!sha256:)/)])).min(1))
    .default([]),
  allowed: 'comma-separated tokens, each plain or sha256:<64 hex digits>',
};

export const list = (allowed: string) => ({ schema: commaSeparated.default([]), allowed });

export const hostList = {
  schema: commaSeparated.pipe(z.array(z.string().regex(/^[^\s/]+$/))).default([]),
  allowed: 'comma-separated hosts, each name or name:port',
};

export const originList = {
  schema: commaSeparated.pipe(z.array(z.string().regex(/^https?:\/\/[^/\s]+$/))).default([]),
  allowed: 'comma-separated origins such as https://app.example',
};

export const addressRangeList = {
  schema: commaSeparated
    .pipe(
      z.array(
        z.string().transform((text, context) => {
          const range = parseAddressRange(text);
          if (range === undefined) context.addIssue({ code: 'custom', message: 'not an address or range' });
          return range ?? z.NEVER;
        }),
      ),
    )
    .default([]),
  allowed: 'comma-separated addresses or ranges such as 10.0.0.0/8 or fd00::/8',
};

export const bucketAddress = {
  schema: z.string().transform((text, context) => {
    const address = parseBucketAddress(text);
    if (address === undefined) context.addIssue({ code: 'custom', message: 'not an address of a bucket' });
    return address ?? z.NEVER;
  }),
  allowed: 's3://bucket or s3://bucket/prefix, with letters, digits, "-", "_" and "." in the prefix',
};

/** Of server-side encryption. */
export const encryption = {
  schema: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
  allowed: 'AES256, aws:kms or aws:kms:dsse',
};

export const regionName = {
  schema: z.string().regex(/^[\w-]{1,40}$/),
  allowed: 'a region such as eu-central-1',
};

export const logLevel = { schema: z.enum(LOG_LEVELS), allowed: LOG_LEVELS.join(', ') };

export const logFormat = {
  schema: z.enum(['pretty', 'json']).default(() => (process.stderr.isTTY ? 'pretty' : 'json')),
  allowed: 'pretty or json',
};

/** Makes a value optional. */
export function makeOptional<T extends z.ZodType>({ schema, allowed }: { schema: T; allowed: string }) {
  return { schema: schema.optional(), allowed };
}

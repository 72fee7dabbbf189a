import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadSetting } from '../../src/config/bad-setting.ts';
import {
  findForeignUpstream,
  findUnknownSettings,
  parseConfig,
  type SettingSources,
} from '../../src/config/config.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { SETTINGS, type SettingName } from '../../src/config/setting-table.ts';
import { parseSize } from '../../src/config/size.ts';

const parse = (
  env: Record<string, string> = {},
  flags: Partial<Record<SettingName, string>> = {},
  envFile = '',
) => parseConfig({ flags, env, envFiles: [{ path: '.env', text: envFile }] });

describe('settings', () => {
  test.each([
    'https://user:hunter2@api.example',
    'https://user@api.example',
    'https://:hunter2@api.example',
    'https://api.acedata.cloud:hunter2@api.example/x',
  ])('refuse an upstream with a user name or password, and do not show it: %s', (url) => {
    const NAME = 'ACEDATACLOUD_API_BASE_URL';
    const refused = () => parse({ [NAME]: url });
    expect(refused).toThrow(BadSetting);
    expect(refused).toThrow(/^ACEDATACLOUD_API_BASE_URL: .*allowed: .*without a user name or password$/);
    expect(refused).not.toThrow(/hunter2/);
    expect(() => parse({ [NAME]: 'no address' })).toThrow(BadSetting);
    expect(parse({ [NAME]: 'https://api.example/@x/' }).upstreamUrl).toBe('https://api.example/@x');
  });

  test('have the documented defaults', () => {
    expect(parse()).toMatchObject({
      upstreamToken: undefined,
      upstreamUrl: 'https://api.acedata.cloud',
      host: '127.0.0.1',
      port: 8787,
      offline: false,
      syncCron: '*/15 * * * * *',
      batchSize: 50,
      concurrency: 2,
      pendingTtlMs: 3000,
      upstreamTimeoutMs: 30_000,
      giveUpAfterMs: 7 * 86_400_000,
      tokens: [],
      allowedOrigins: [],
      basePath: '/',
      allowedHosts: [],
      logLevel: 'info',
      archiveImages: true,
      imageAllowHosts: [],
      maxImageBytes: 64 * 1024 * 1024,
      maxVideoBytes: 512 * 1024 * 1024,
      maxArchiveBytes: undefined,
      rewriteImageUrls: false,
      callbackUrl: undefined,
      discover: false,
    });
  });

  test('take precedence in the order flag, environment, .env, default', () => {
    const envFile = 'FLUX_MIRROR_PORT=3\nFLUX_MIRROR_BATCH_SIZE=7 # few\n';
    expect(parse({ FLUX_MIRROR_PORT: '2' }, { port: '1' }, envFile)).toMatchObject({ port: 1, batchSize: 7 });
    expect(parse({ FLUX_MIRROR_PORT: '2' }, {}, envFile).port).toBe(2);
    expect(parse({ FLUX_MIRROR_PORT: '' }, {}, envFile).port).toBe(3);
  });

  test.each([
    ['FLUX_MIRROR_PORT', '65536', 'from 0 to 65535'],
    ['FLUX_MIRROR_PORT', '80a', 'from 0 to 65535'],
    ['FLUX_MIRROR_BATCH_SIZE', '51', 'from 1 to 50'],
    ['FLUX_MIRROR_BATCH_SIZE', '0', 'from 1 to 50'],
    ['FLUX_MIRROR_CONCURRENCY', '-1', 'from 1 to 32'],
    ['FLUX_MIRROR_PENDING_TTL', '3', 'duration'],
    ['FLUX_MIRROR_UPSTREAM_TIMEOUT', '11m', 'duration'],
    ['FLUX_MIRROR_GIVE_UP_AFTER', 'never', 'duration'],
    ['FLUX_MIRROR_OFFLINE', 'maybe', 'true or false'],
    ['FLUX_MIRROR_SYNC_CRON', 'every day', 'cron expression'],
    ['FLUX_MIRROR_SYNC_CRON', '99 * * * *', 'cron expression'],
    ['ACEDATACLOUD_API_BASE_URL', 'ftp://x', 'http or https'],
    ['ACEDATACLOUD_API_BASE_URL', 'api.acedata.cloud', 'http or https'],
    ['FLUX_MIRROR_BASE_PATH', 'mirror', 'begins with /'],
    ['FLUX_MIRROR_BASE_PATH', '/a b', 'begins with /'],
    ['FLUX_MIRROR_ALLOWED_ORIGINS', 'app.example', 'https://app.example'],
    ['FLUX_MIRROR_LOG_LEVEL', 'loud', 'info'],
    ['FLUX_MIRROR_MAX_IMAGE_SIZE', '64', 'size'],
    ['FLUX_MIRROR_MAX_VIDEO_SIZE', '64', 'size'],
    ['FLUX_MIRROR_CALLBACK_URL', 'mirror.example', 'http or https'],
  ])('%s=%s fails at startup with one line that says what is allowed', (name, value, allowed) => {
    const failure = expect(() => parse({ [name]: value }));
    failure.toThrow(BadSetting);
    failure.toThrow(new RegExp(`^${name}: "${value.replaceAll(/[.*]/g, '\\$&')}" [^\\n]*${allowed}[^\\n]*$`));
  });

  test('an invalid flag is named in the message', () => {
    expect(() => parse({}, { port: 'x' })).toThrow(/^--port: "x"/);
  });

  test.each([
    ['ACEDATACLOUD_API_TOKEN', 'secret with spaces'],
    ['FLUX_MIRROR_TOKENS', 'good,bad secret'],
    ['FLUX_MIRROR_TOKENS', 'sha256:secret'],
    ['FLUX_MIRROR_TOKENS', ' , '],
  ])('an invalid %s is not printed', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(BadSetting);
    expect(() => parse({ [name]: value })).not.toThrow(/secret/);
  });

  test('a base path is normalized', () => {
    for (const path of ['/mirror', '/mirror/', '//mirror//'])
      expect(parse({ FLUX_MIRROR_BASE_PATH: path }).basePath).toBe('/mirror');
  });

  test('have unique names', () => {
    const names = Object.values(SETTINGS).flatMap((setting) => [
      setting.env,
      ...('flag' in setting ? [setting.flag] : []),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('the hash of an empty string is rejected as a token, since it means an unset variable', () => {
  const hashed = `sha256:${createHash('sha256').update('').digest('hex')}`;
  expect(() => parse({ FLUX_MIRROR_TOKENS: hashed })).toThrow(/FLUX_MIRROR_TOKENS/);
});

test('unknown names that look like settings are found', () => {
  const env = { FLUX_MIRROR_PROT: '1', FLUX_MIRROR_PORT: '2', PATH: '/bin' };
  expect(findUnknownSettings(env)).toEqual(['FLUX_MIRROR_PROT']);
});

describe('sizes', () => {
  test.each([
    ['500kB', 500_000],
    ['64MiB', 67_108_864],
    ['1.5 GiB', 1_610_612_736],
    ['7b', 7],
    ['64', undefined],
    ['-1MB', undefined],
    ['MB', undefined],
    ['1 MB x', undefined],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['3s', 3000],
    ['1.5m', 90_000],
    ['2H', 7_200_000],
    [' 7d ', 604_800_000],
    ['3', undefined],
    ['', undefined],
    ['-3s', undefined],
    ['3 s', undefined],
    ['1w', undefined],
  ])('%j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('are whole milliseconds for any input', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.constantFrom('ms', 's', 'm', 'h', 'd'),
        (amount, unit) => {
          const ms = parseDuration(`${amount}${unit}`);
          if (ms !== undefined) expect(Number.isInteger(ms) && ms >= 0).toBe(true);
        },
      ),
    );
  });
});

describe('a token for the upstream', () => {
  const FOREIGN = { path: '/downloads/.env', text: 'ACEDATACLOUD_API_BASE_URL=https://elsewhere.example' };
  const URL_NAME = 'ACEDATACLOUD_API_BASE_URL';
  const TOKEN_NAME = 'ACEDATACLOUD_API_TOKEN';
  const tokenOf = (sources: SettingSources) => parseConfig(sources).upstreamToken;

  test.each<[string, SettingSources]>([
    ['the environment', { flags: {}, env: { [TOKEN_NAME]: 'mine' }, envFiles: [FOREIGN] }],
    ['a flag', { flags: { upstreamToken: 'mine' }, env: {}, envFiles: [FOREIGN] }],
    [
      'the user’s own file',
      {
        flags: {},
        env: {},
        envFiles: [FOREIGN, { path: '/c/.env', text: `${TOKEN_NAME}=mine`, isOwn: true }],
      },
    ],
    [
      'the environment, in spite of one in the file',
      {
        flags: {},
        env: { [TOKEN_NAME]: 'mine' },
        envFiles: [{ ...FOREIGN, text: `${FOREIGN.text}\n${TOKEN_NAME}=theirs` }],
      },
    ],
    [
      'the environment, for the vendor’s host without TLS',
      {
        flags: {},
        env: { [TOKEN_NAME]: 'mine' },
        envFiles: [{ ...FOREIGN, text: `${URL_NAME}=http://api.acedata.cloud` }],
      },
    ],
  ])('from %s is not sent to an upstream that a foreign file names', (_, sources) => {
    const config = parseConfig(sources);
    expect(config.upstreamToken).toBeUndefined();
    expect(findForeignUpstream(sources, config)).toEqual({ path: FOREIGN.path, isTokenWithheld: true });
  });

  test.each<[string, SettingSources]>([
    [
      'the same file names',
      { flags: {}, env: {}, envFiles: [{ ...FOREIGN, text: `${FOREIGN.text}\n${TOKEN_NAME}=mine` }] },
    ],
    [
      'the environment names',
      { flags: {}, env: { [TOKEN_NAME]: 'mine', [URL_NAME]: 'https://mine.example' }, envFiles: [FOREIGN] },
    ],
    [
      'a flag names',
      { flags: { upstreamUrl: 'https://mine.example' }, env: { [TOKEN_NAME]: 'mine' }, envFiles: [FOREIGN] },
    ],
    [
      'the user’s own file names',
      { flags: {}, env: { [TOKEN_NAME]: 'mine' }, envFiles: [{ ...FOREIGN, isOwn: true }] },
    ],
    [
      'a foreign file names, if it is the vendor’s',
      {
        flags: {},
        env: { [TOKEN_NAME]: 'mine' },
        envFiles: [{ ...FOREIGN, text: `${URL_NAME}=https://api.acedata.cloud/` }],
      },
    ],
    [
      'the environment names, from a foreign file',
      {
        flags: {},
        env: { [URL_NAME]: 'https://mine.example' },
        envFiles: [{ ...FOREIGN, text: `${TOKEN_NAME}=mine` }],
      },
    ],
  ])('is sent to an upstream that %s', (_, sources) => {
    expect(tokenOf(sources)).toBe('mine');
  });
});

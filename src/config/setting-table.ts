/**
 * Every setting: the single place that knows their names. The command line makes its options from it, config.ts their values.
 */
import { LOG_LEVELS } from '../lib/log.ts';

export interface Setting {
  readonly env: string;
  readonly flag?: string;
  readonly fallback: string | undefined;
  readonly allowed: string;
  readonly describe: string;
  readonly secret?: true;
}

/** Every setting: its names, its default, and what people are told about it. */
export const SETTINGS = {
  upstreamToken: {
    env: 'ACEDATACLOUD_API_TOKEN',
    flag: 'upstream-token',
    fallback: undefined,
    allowed: 'a token without spaces',
    describe:
      "token for the upstream; without one the mirror serves what it has, and asks with the caller's token",
    secret: true,
  },
  upstreamUrl: {
    env: 'ACEDATACLOUD_API_BASE_URL',
    flag: 'upstream',
    fallback: 'https://api.acedata.cloud',
    allowed: 'an http or https address',
    describe: 'the upstream',
  },
  host: {
    env: 'FLUX_MIRROR_HOST',
    flag: 'host',
    fallback: '127.0.0.1',
    allowed: 'an address or host name',
    describe: 'address to listen on; beyond loopback it needs a token (`token new`, or FLUX_MIRROR_TOKENS)',
  },
  port: {
    env: 'FLUX_MIRROR_PORT',
    flag: 'port',
    fallback: '8787',
    allowed: 'a number from 0 to 65535',
    describe: 'port; 0 picks a free one',
  },
  dataDir: {
    env: 'FLUX_MIRROR_DATA_DIR',
    flag: 'data-dir',
    fallback: './data',
    allowed: 'a directory',
    describe: 'where the database lives',
  },
  offline: {
    env: 'FLUX_MIRROR_OFFLINE',
    flag: 'offline',
    fallback: 'false',
    allowed: 'true or false',
    describe: 'never contact the upstream',
  },
  syncCron: {
    env: 'FLUX_MIRROR_SYNC_CRON',
    flag: 'sync-cron',
    fallback: '*/15 * * * * *',
    allowed: 'a cron expression of five or six fields, or off',
    describe: 'when to sync (seconds field allowed); off disables',
  },
  backupCron: {
    env: 'FLUX_MIRROR_BACKUP_CRON',
    flag: 'backup-cron',
    fallback: 'off',
    allowed: 'a cron expression of five or six fields, or off',
    describe: 'when to back up the database; 7 daily and 4 weekly backups are kept',
  },
  batchSize: {
    env: 'FLUX_MIRROR_BATCH_SIZE',
    flag: 'batch-size',
    fallback: '50',
    allowed: 'a number from 1 to 50',
    describe: 'ids in one upstream request',
  },
  concurrency: {
    env: 'FLUX_MIRROR_CONCURRENCY',
    flag: 'concurrency',
    fallback: '2',
    allowed: 'a number from 1 to 32',
    describe: 'upstream requests in flight',
  },
  pendingTtlMs: {
    env: 'FLUX_MIRROR_PENDING_TTL',
    flag: 'pending-ttl',
    fallback: '3s',
    allowed: 'a duration such as 500ms, 3s, 10m, 2h or 7d',
    describe: 'how old a cached unfinished task may be before a retrieve refreshes it',
  },
  upstreamTimeoutMs: {
    env: 'FLUX_MIRROR_UPSTREAM_TIMEOUT',
    flag: 'upstream-timeout',
    fallback: '30s',
    allowed: 'a duration such as 500ms, 3s, 10m, 2h or 7d',
    describe: 'time for one upstream request',
  },
  giveUpAfterMs: {
    env: 'FLUX_MIRROR_GIVE_UP_AFTER',
    flag: 'give-up-after',
    fallback: '7d',
    allowed: 'a duration such as 500ms, 3s, 10m, 2h or 7d',
    describe: 'how long an id unknown to the upstream stays tracked',
  },
  archiveImages: {
    env: 'FLUX_MIRROR_ARCHIVE_IMAGES',
    flag: 'archive-images',
    fallback: 'true',
    allowed: 'true or false',
    describe: 'keep the images themselves',
  },
  imageAllowHosts: {
    env: 'FLUX_MIRROR_IMAGE_ALLOW_HOSTS',
    fallback: undefined,
    allowed: 'comma-separated hosts, each name or name:port',
    describe: 'hosts that may be fetched from (and called back) although their addresses are private',
  },
  imageConcurrency: {
    env: 'FLUX_MIRROR_IMAGE_CONCURRENCY',
    fallback: '4',
    allowed: 'a number from 1 to 32',
    describe: 'images fetched at the same time',
  },
  maxImageBytes: {
    env: 'FLUX_MIRROR_MAX_IMAGE_SIZE',
    fallback: '64MiB',
    allowed: 'a size such as 500kB, 64MiB or 2GB',
    describe: 'the largest image that is archived',
  },
  maxArchiveBytes: {
    env: 'FLUX_MIRROR_MAX_ARCHIVE_SIZE',
    fallback: undefined,
    allowed: 'a size such as 500MB or 20GiB',
    describe:
      'the largest archive; beyond it archiving stops and says so, nothing is dropped (no limit by default)',
  },
  rewriteImageUrls: {
    env: 'FLUX_MIRROR_REWRITE_IMAGE_URLS',
    flag: 'rewrite-image-urls',
    fallback: 'false',
    allowed: 'true or false',
    describe: 'point image_url at the archived copy, where there is one',
  },
  callbackUrl: {
    env: 'FLUX_MIRROR_CALLBACK_URL',
    flag: 'callback-url',
    fallback: undefined,
    allowed: 'the http or https address at which the upstream reaches this mirror',
    describe: 'lets the upstream call the mirror when a generation is done',
  },
  discover: {
    env: 'FLUX_MIRROR_DISCOVER',
    flag: 'discover',
    fallback: 'false',
    allowed: 'on or off',
    describe: 'each sync run also looks into the history list for tasks that were made elsewhere',
  },
  userIds: {
    env: 'FLUX_MIRROR_USER_ID',
    flag: 'user-id',
    fallback: undefined,
    allowed: 'comma-separated user ids',
    describe: 'whose history is read (default: those of the documents that are stored)',
  },
  applicationIds: {
    env: 'FLUX_MIRROR_APPLICATION_ID',
    flag: 'application-id',
    fallback: undefined,
    allowed: 'comma-separated application ids',
    describe: 'the history of these applications alone',
  },
  tokens: {
    env: 'FLUX_MIRROR_TOKENS',
    fallback: undefined,
    allowed: 'comma-separated tokens, each plain or sha256:<64 hex digits>',
    describe: 'tokens that callers must present',
    secret: true,
  },
  allowedOrigins: {
    env: 'FLUX_MIRROR_ALLOWED_ORIGINS',
    fallback: undefined,
    allowed: 'comma-separated origins such as https://app.example',
    describe: 'browser origins allowed by CORS',
  },
  basePath: {
    env: 'FLUX_MIRROR_BASE_PATH',
    flag: 'base-path',
    fallback: '/',
    allowed: 'a path that begins with /',
    describe: 'serve everything below this path',
  },
  allowedHosts: {
    env: 'FLUX_MIRROR_ALLOWED_HOSTS',
    fallback: undefined,
    allowed: 'comma-separated host names',
    describe: 'accepted Host headers, besides the loopback names and the listen address',
  },
  logLevel: {
    env: 'FLUX_MIRROR_LOG_LEVEL',
    flag: 'log-level',
    fallback: 'info',
    allowed: LOG_LEVELS.join(', '),
    describe: 'how much to log',
  },
  logFormat: {
    env: 'FLUX_MIRROR_LOG_FORMAT',
    flag: 'log-format',
    fallback: undefined,
    allowed: 'pretty or json',
    describe: 'pretty on a terminal, json elsewhere',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

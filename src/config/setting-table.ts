/**
 * Every setting, one row each. The command line derives its flags from this table and config.ts the values; a test compares
 * the README and `--help` with it.
 */
import { IMAGE_STORE_SETTINGS } from './image-store-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import type { Scope, Setting } from './setting.ts';
import { UPSTREAM_SETTINGS } from './upstream-settings.ts';
import {
  createIntegerSchema,
  databaseUrl,
  directory,
  logFormat,
  logLevel,
  makeOptional,
  token,
} from './value-schemas.ts';

/** Of a server: some for its search threads, the others for everything else. */
const MIN_CONNECTIONS = 6;

const COMMON_SETTINGS = {
  dataDir: {
    env: 'FLUX_MIRROR_DATA_DIR',
    flag: 'data-dir',
    ...directory,
    default: './data',
    scope: 'common',
    describe: 'where the database lives',
  },
  databaseUrl: {
    env: 'FLUX_MIRROR_DATABASE_URL',
    hasFile: true,
    ...makeOptional(databaseUrl),
    default: undefined,
    scope: 'common',
    describe: 'PostgreSQL database of the mirror, in place of SQLite in the data directory',
    secret: true,
  },
  databasePool: {
    env: 'FLUX_MIRROR_DATABASE_POOL',
    ...createIntegerSchema(MIN_CONNECTIONS, 1000),
    default: '8',
    scope: 'common',
    describe: 'connections of a server to PostgreSQL',
  },
  accessToken: {
    env: 'FLUX_MIRROR_ACCESS_TOKEN',
    ...makeOptional(token),
    default: undefined,
    scope: 'common',
    describe: 'token of the mirror that `mcp --url` asks',
    secret: true,
  },
  logLevel: {
    env: 'FLUX_MIRROR_LOG_LEVEL',
    flag: 'log-level',
    ...logLevel,
    default: 'info',
    scope: 'common',
    describe: 'how much to log',
  },
  logFormat: {
    env: 'FLUX_MIRROR_LOG_FORMAT',
    flag: 'log-format',
    ...logFormat,
    default: undefined,
    scope: 'common',
    describe: 'pretty on a terminal, json elsewhere',
  },
} as const satisfies Record<string, Setting>;

/** Every setting by name. */
export const SETTINGS = {
  ...UPSTREAM_SETTINGS,
  ...SERVER_SETTINGS,
  ...COMMON_SETTINGS,
  ...IMAGE_STORE_SETTINGS,
};

export type SettingName = keyof typeof SETTINGS;

/** Name and row of every setting, in display order. @param scope only settings of this scope */
export function listSettings(scope?: Scope): readonly (readonly [SettingName, Setting])[] {
  const rows = Object.entries<Setting>(SETTINGS) as [SettingName, Setting][]; // its keys are the names
  return scope === undefined ? rows : rows.filter(([, setting]) => setting.scope === scope);
}

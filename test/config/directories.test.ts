import { expect, test } from 'vitest';
import {
  findUserCacheDirectory,
  findUserConfigDirectory,
  findUserDataDirectory,
  type User,
} from '../../src/config/directories.ts';

const CASES: [string, User, string | undefined, string | undefined, string | undefined][] = [
  [
    'Linux',
    { platform: 'linux', env: {}, home: '/home/a' },
    '/home/a/.local/share/flux-mirror',
    '/home/a/.config/flux-mirror',
    '/home/a/.cache/flux-mirror',
  ],
  [
    'Linux with XDG variables',
    {
      platform: 'linux',
      env: { XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '/e' },
      home: '/home/a',
    },
    '/d/flux-mirror',
    '/c/flux-mirror',
    '/e/flux-mirror',
  ],
  [
    'Linux with relative or empty XDG variables, which are invalid',
    {
      platform: 'linux',
      env: { XDG_DATA_HOME: 'd', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: 'e' },
      home: '/home/a',
    },
    '/home/a/.local/share/flux-mirror',
    '/home/a/.config/flux-mirror',
    '/home/a/.cache/flux-mirror',
  ],
  [
    'Linux without a home directory',
    { platform: 'linux', env: {}, home: undefined },
    undefined,
    undefined,
    undefined,
  ],
  [
    'macOS',
    { platform: 'darwin', env: { XDG_DATA_HOME: '/d' }, home: '/Users/a' },
    '/Users/a/Library/Application Support/flux-mirror',
    '/Users/a/Library/Preferences/flux-mirror',
    '/Users/a/Library/Caches/flux-mirror',
  ],
  [
    'Windows',
    {
      platform: 'win32',
      env: { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local', APPDATA: 'C:\\Users\\a\\AppData\\Roaming' },
      home: 'C:\\Users\\a',
    },
    'C:\\Users\\a\\AppData\\Local\\flux-mirror',
    'C:\\Users\\a\\AppData\\Roaming\\flux-mirror',
    'C:\\Users\\a\\AppData\\Local\\flux-mirror\\Cache',
  ],
  [
    'Windows without variables',
    { platform: 'win32', env: {}, home: 'C:\\Users\\a' },
    'C:\\Users\\a\\AppData\\Local\\flux-mirror',
    'C:\\Users\\a\\AppData\\Roaming\\flux-mirror',
    'C:\\Users\\a\\AppData\\Local\\flux-mirror\\Cache',
  ],
];

test.each(CASES)('the directories of a user on %s', (_, user, data, config, cache) => {
  expect([findUserDataDirectory(user), findUserConfigDirectory(user), findUserCacheDirectory(user)]).toEqual([
    ...[data, config, cache],
  ]);
});

import { expect, test } from 'vitest';
import { findUserConfigDirectory, findUserDataDirectory, type User } from '../../src/config/directories.ts';

const CASES: [string, User, string | undefined, string | undefined][] = [
  [
    'Linux',
    { platform: 'linux', env: {}, home: '/home/a' },
    '/home/a/.local/share/flux-mirror',
    '/home/a/.config/flux-mirror',
  ],
  [
    'Linux with XDG variables',
    { platform: 'linux', env: { XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c' }, home: '/home/a' },
    '/d/flux-mirror',
    '/c/flux-mirror',
  ],
  [
    'Linux with relative or empty XDG variables, which are invalid',
    { platform: 'linux', env: { XDG_DATA_HOME: 'd', XDG_CONFIG_HOME: '' }, home: '/home/a' },
    '/home/a/.local/share/flux-mirror',
    '/home/a/.config/flux-mirror',
  ],
  ['Linux without a home directory', { platform: 'linux', env: {}, home: undefined }, undefined, undefined],
  [
    'macOS',
    { platform: 'darwin', env: { XDG_DATA_HOME: '/d' }, home: '/Users/a' },
    '/Users/a/Library/Application Support/flux-mirror',
    '/Users/a/Library/Preferences/flux-mirror',
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
  ],
  [
    'Windows without variables',
    { platform: 'win32', env: {}, home: 'C:\\Users\\a' },
    'C:\\Users\\a\\AppData\\Local\\flux-mirror',
    'C:\\Users\\a\\AppData\\Roaming\\flux-mirror',
  ],
];

test.each(CASES)('the directories of a user on %s', (_, user, data, config) => {
  expect([findUserDataDirectory(user), findUserConfigDirectory(user)]).toEqual([data, config]);
});

import { expect, test } from 'vitest';
import { findMachineTimeZone } from '../../src/search/machine-time-zone.ts';
import { runCli } from '../helpers/cli.ts';
import { document } from '../helpers/documents.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

test.each([
  ['Europe/Berlin', 'Asia/Tokyo', 'Europe/Berlin'],
  [undefined, ':Europe/Berlin', 'Europe/Berlin'],
  [undefined, ':/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
  ['Etc/Unknown', 'Europe/Berlin', 'Europe/Berlin'],
  ['+05:00', 'GMT-5', '+05:00'],
  ['GMT-05:00', 'Europe/Berlin', 'Europe/Berlin'],
])('a time zone that can be read is taken: %s, TZ=%s', (reported, variable, timeZone) => {
  expect(findMachineTimeZone(reported ?? 'Etc/Unknown', variable)).toEqual({ timeZone, note: undefined });
});

test.each([':/etc/localtime', ':', '', 'nonsense', 'EST5EDT4,M3.2.0,M11.1.0', '<+03>-3', '../../etc/passwd'])(
  'an unreadable one falls back to UTC with a note: TZ=%s',
  (variable) => {
    expect(findMachineTimeZone('Etc/Unknown', variable)).toEqual({
      timeZone: 'UTC',
      note: expect.stringMatching(/UTC/),
    });
  },
);

test.each(['GMT-5', 'GMT+5', 'UTC+3', 'EST5EDT', 'JST-9', ':UTC'])(
  'a date is read on a machine whatever its TZ: %s',
  async (TZ) => {
    const dataDir = temporaryDirectory();
    await (await openTestStore(dataDir)).close();
    const { code, stderr } = await runCli(['search', 'cat after:3d', '--data-dir', dataDir], { env: { TZ } });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('bug')]);
  },
);

test('a search on a machine whose time zone is unreadable finds, and notes it; a wrong --tz is still an error', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await store.storeDocuments({ documents: [document({ prompt: 'a cat' })], requestSeq: 1, fetchedAtMs: 1 });
  const env = { TZ: ':/etc/localtime', LANG: 'nonsense', LC_ALL: 'nonsense' };
  const search = (...more: string[]) => runCli(['search', 'cat', '--data-dir', dataDir, ...more], { env });
  const found = await search();
  expect([found.code, found.stdout + found.stderr]).toEqual([0, expect.stringMatching(/a cat.*in UTC/s)]);
  expect((await search('--tz', 'nowhere')).code).toBe(2);
});

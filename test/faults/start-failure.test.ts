/** A start that fails, even after the server listens, leaves nothing running. */
import { expect, test } from 'vitest';
import { startMirror } from '../../src/app/start-mirror.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { freePort } from '../bench/processes.ts';
import { runCli } from '../helpers/cli.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

test('a failure after listening closes the port, the threads and the database', async () => {
  const port = await freePort();
  const dataDir = temporaryDirectory();
  const config = parseConfig({ flags: { dataDir, port: String(port), offline: 'true' }, env: {} });
  const log = createLog({ level: 'silent', format: 'json' });
  const starting = startMirror({ ...config, backupCron: '0 0 31 * 1#1' }, { clock: new ManualClock(), log });
  await expect(starting).rejects.toThrow('next matching date');
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
  await openTestStore(dataDir); // not in use
});

test.each(['--backup-cron', '--sync-cron'])(
  '%s with a time that never comes ends the start with one line',
  async (flag) => {
    const args = [
      'serve',
      '--port',
      '0',
      '--offline',
      '--data-dir',
      temporaryDirectory(),
      flag,
      '0 0 31 * 1#1',
    ];
    const { code, stderr } = await runCli(args);
    expect([code, stderr.trim().split('\n')]).toEqual([
      2,
      [expect.stringMatching(/0 0 31 \* 1#1.*time that will come/)],
    ]);
  },
);

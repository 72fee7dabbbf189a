/** Damage that comes while the server runs: told once, shown to every monitor, and not taken for health. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/lib/log.ts';
import { startDiskWatch } from '../../src/server/monitoring/disk-watch.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const PAGE = 4096;

test('is reported in /readyz, in the metrics and once in the log, and affects only the damaged data', async () => {
  const here = await startTestMirror({ tokens: 'secret-one' });
  const headers = { authorization: 'Bearer secret-one' };
  const ids = numberedIds(600);
  // Shorter than a page: what is overwritten is structure, not only text.
  const documents = ids.map((id) => document({ id, prompt: 'p'.repeat(600) }));
  await here.store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await here.restart();
  const file = join(here.config.dataDir, 'mirror.db');
  const pages = Math.floor(statSync(file).size / PAGE);
  // By another process: the owner's locks would go if it opened the file itself.
  const place = [`seek=${Math.floor(pages / 2)}`, `count=${Math.floor(pages / 8)}`, `bs=${PAGE}`];
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'conv=notrunc', ...place], { stdio: 'ignore' });

  const statuses = new Map<number, number>();
  for (const id of ids) {
    const answer = await here.post({ action: 'retrieve', id }, headers);
    const { error } = (await answer.json()) as { error?: { code: string; message: string } };
    if (answer.status !== 200)
      expect(error).toEqual({ code: 'api_error', message: "the mirror's database is damaged" });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  }
  expect([...statuses.keys()].sort()).toEqual([200, 503]);
  expect(statuses.get(200)).toBeGreaterThan(ids.length / 2);

  const ready = await here.get('/readyz');
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not ready', reasons: [expect.stringMatching(/damaged.*restore FILE.*doctor --rebuild/)] },
  ]);
  expect((await here.get('/healthz')).status).toBe(200);
  const metrics = await here.get('/metrics', headers);
  expect([metrics.status, await metrics.text()]).toEqual([
    200,
    expect.stringContaining('flux_mirror_database_damaged 1'),
  ]);
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  const watch = startDiskWatch(here.store, log);
  onTestFinished(() => watch.stop());
  for (let looks = 0; looks < 3; looks += 1) await watch.check();
  expect(lines.filter((line) => line.includes('damaged'))).toHaveLength(1);
});

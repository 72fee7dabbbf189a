/** The short form of `npm run test:crash`; and proof that its checks can fail. */
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import { showFigure } from '../helpers/figure.ts';
import { tries } from '../helpers/thorough.ts';
import { checkMirror } from './checks.ts';
import { runCrashes } from './rounds.ts';

const KILLS = Number(process.env.KILLS ?? tries(10, 50));

test(`${KILLS} kills lose nothing that was acknowledged, and the checks can fail`, async (context) => {
  const { report, dataDir, ledger, clear } = await runCrashes({ kills: KILLS, seed: 1, longestLifeMs: 600 });
  onTestFinished(clear);
  const nothing = { lost: [], untracked: [], unmarked: [], disordered: [], partialImages: [], corrupt: [] };
  expect(report).toMatchObject({ ...nothing, unsaved: [], untold: [] });
  expect(report.messages).toBeGreaterThan(5);
  expect(report.documents).toBeGreaterThan(100);
  expect(report.trackedIds).toBeGreaterThan(20);
  expect(report.marks).toBeGreaterThan(20);
  expect(report.arrangements).toBeGreaterThan(20);
  expect(report.images).toBeGreaterThan(0);
  expect(report.slowestStartMs).toBeLessThan(15_000); // 2 s is asked of the long form, which has the machine for itself

  const db = new Database(join(dataDir, 'mirror.db'));
  const [lost = ''] = ledger.documents.keys();
  const [untracked = ''] = ledger.trackedIds;
  db.prepare('DELETE FROM tasks WHERE id IN (?, ?)').run(lost, untracked);
  db.prepare('DELETE FROM tracked WHERE id = ?').run(untracked);
  const unmarked = [...ledger.marks.keys()].find((id) => id !== lost && id !== untracked) ?? '';
  db.prepare('UPDATE marks SET rating = 1 WHERE id = ?').run(unmarked);
  const [unsaved = ''] = ledger.watchedSearches.keys();
  db.prepare('DELETE FROM webhooks WHERE id = ?').run(ledger.watchedSearches.get(unsaved)?.webhookId);
  const [disordered = '', relinked = '', deleted = ''] = [...ledger.collections].flatMap(
    ([name, possible]) =>
      possible.every((state) => state !== 'absent' && state.tasks.length > 2 && state.link !== undefined)
        ? [name]
        : [],
  );
  const ofCollection = 'collection = (SELECT id FROM collections WHERE name = ?)';
  db.prepare(`UPDATE collection_tasks SET place = -place WHERE ${ofCollection}`).run(disordered);
  db.prepare('UPDATE collections SET link_key = ? WHERE name = ?').run('x'.repeat(32), relinked);
  db.prepare('DELETE FROM collections WHERE name = ?').run(deleted);
  const torn = db.prepare<[], string>('SELECT sha256 FROM images').pluck().get() ?? '';
  db.close();
  truncateSync(join(dataDir, 'images', torn.slice(0, 2), `${torn}.png`), 100);
  const found = await checkMirror(dataDir, ledger, true);
  expect(found.lost).toContain(lost);
  expect(found.untracked).toContain(untracked);
  expect(found.unmarked).toContain(unmarked);
  expect(found.unsaved).toEqual([unsaved]);
  expect(found.disordered.sort()).toEqual([disordered, relinked, deleted].sort());
  expect(found.partialImages).toHaveLength(2); // the file, and the row that has no intact one
  expect(found.corrupt).toContainEqual(expect.stringContaining('the search row has no document'));
  rmSync(join(dataDir, 'mirror.db'));
  expect((await checkMirror(dataDir, ledger, false)).corrupt).toEqual([expect.stringContaining('missing')]);
  const { documents, trackedIds, marks, arrangements, messages, images, slowestStartMs } = report;
  const acknowledged = documents + trackedIds + marks + arrangements;
  showFigure(
    context,
    `0 lost of ${acknowledged} acknowledged, ${messages} of ${messages} messages delivered, 0 of ${images} images torn in ${KILLS} kills, ` +
      `slowest start ${(slowestStartMs / 1000).toFixed(1)} s`,
  );
}, 600_000);

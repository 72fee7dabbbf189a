/** The short form of `npm run test:crash`; and proof that its checks can fail. */
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import { showFigure } from '../helpers/figure.ts';
import { tries } from '../helpers/thorough.ts';
import { checkDataDir } from './check-data-dir.ts';
import { expectFound, planDamage } from './damage.ts';
import { runCrashes } from './rounds.ts';

const KILLS = Number(process.env.KILLS ?? tries(10, 50));

test(`${KILLS} kills lose nothing that was acknowledged, and the checks can fail`, async (context) => {
  const { report, dataDir, ledger, clear } = await runCrashes({ kills: KILLS, seed: 1, longestLifeMs: 600 });
  onTestFinished(clear);
  const nothing = { lost: [], untracked: [], unmarked: [], disordered: [], partialImages: [], corrupt: [] };
  expect(report).toMatchObject({ ...nothing, unsaved: [], untold: [], lostImages: [] });
  expect(report.messages).toBeGreaterThan(5);
  expect(report.documents).toBeGreaterThan(100);
  expect(report.trackedIds).toBeGreaterThan(20);
  expect(report.marks).toBeGreaterThan(20);
  expect(report.arrangements).toBeGreaterThan(20);
  expect(report.images).toBeGreaterThan(0);
  expect(report.slowestStartMs).toBeLessThan(15_000); // 2 s is asked of the long form, which has the machine for itself

  const db = new Database(join(dataDir, 'mirror.db'));
  const damage = planDamage(ledger);
  for (const statement of damage.statements) db.exec(statement);
  const torn = db.prepare<[], string>('SELECT sha256 FROM images').pluck().get() ?? '';
  db.close();
  truncateSync(join(dataDir, 'images', torn.slice(0, 2), `${torn}.png`), 100);
  ledger.served(torn);
  const found = await checkDataDir(dataDir, ledger, true);
  expectFound(found, damage);
  expect(found.lostImages).toEqual([torn]);
  expect(found.partialImages).toHaveLength(2); // the file, and the row that has no intact one
  expect(found.corrupt).toContainEqual(expect.stringContaining('the search row has no document'));
  rmSync(join(dataDir, 'mirror.db'));
  expect((await checkDataDir(dataDir, ledger, false)).corrupt).toEqual([expect.stringContaining('missing')]);
  const { documents, trackedIds, marks, arrangements, messages, images, slowestStartMs } = report;
  const acknowledged = documents + trackedIds + marks + arrangements;
  showFigure(
    context,
    `0 lost of ${acknowledged} acknowledged, ${messages} of ${messages} messages delivered, 0 of ${images} images torn in ${KILLS} kills, ` +
      `slowest start ${(slowestStartMs / 1000).toFixed(1)} s`,
  );
}, 600_000);

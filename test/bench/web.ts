/**
 * `npm run bench:web`: the gallery in Chromium against the built server, as ratios of what is measured in the same run.
 * `npm run bench:web -- first-load` measures only that part (first-load, thumbnails, million). With BENCH_DATA=FOLDER the tasks are
 * made once and kept there.
 */
import { cpus, loadavg, totalmem } from 'node:os';
import { printTable, type Row } from './table.ts';
import { launchChromium, openBlankPage, WINDOW, waitForWall } from './web/chromium.ts';
import { benchFirstData } from './web/first-data.ts';
import { benchFirstLoad } from './web/first-load.ts';
import { openGalleryData } from './web/gallery-folder.ts';
import { findOldestTask, withGalleryServer } from './web/gallery-server.ts';
import { benchInteractions } from './web/interactions.ts';
import { benchReaching, COUNT_TILES, type DrivenPage } from './web/reaching.ts';
import { benchScrolling } from './web/scrolling.ts';
import { benchThumbnails } from './web/thumbnails.ts';

const MANY = 100_000;
const MILLION = 1_000_000;

const [wantedPart] = process.argv.slice(2);
const isWanted = (part: string) => wantedPart === undefined || wantedPart === part;
const data = openGalleryData();
const browser = await launchChromium();
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}, Chromium ${browser.version()}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (isWanted('thumbnails')) {
    const dataDir = await data.prepare(MANY);
    const rows = await withGalleryServer(dataDir, (url) => benchThumbnails(browser, url));
    printTable('Seeing archived thumbnails', rows);
  }
  if (isWanted('first-load')) {
    const dataDir = await data.prepare(MANY);
    await withGalleryServer(dataDir, async (url) => {
      printTable('Opening the gallery of 100,000 tasks', await benchFirstLoad(browser, url));
      printTable('Using it', await benchInteractions(browser, url));
    });
  }
  if (isWanted('million')) {
    const dataDir = await data.prepare(MILLION);
    await withGalleryServer(dataDir, async (url) => {
      printTable('The first data of 1,000,000 tasks', await benchFirstData(url));
      printTable('Reaching the last of 1,000,000 tasks', await reachLast(url));
      printTable('Scrolling among 1,000,000 tasks', await benchScrolling(browser, url));
    });
  }
} finally {
  await browser.close();
  data.close();
  console.log(`\nload at the end: ${loadavg()[0]?.toFixed(1)}`);
}

async function reachLast(url: string): Promise<Row[]> {
  const { page, close } = await openBlankPage(browser);
  await page.addInitScript(COUNT_TILES);
  const driven: DrivenPage = {
    open: async () => {
      await page.goto(`${url}/`);
      await waitForWall(page);
    },
    evaluate: (expression) => page.evaluate(expression),
    press: (key) => page.keyboard.press(key),
    wheel: async (deltaY) => {
      await page.mouse.move(WINDOW.width / 2, WINDOW.height / 2);
      await page.mouse.wheel(0, deltaY);
    },
    drag: async ([from, ...others]) => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      for (const { x, y } of others) await page.mouse.move(x, y, { steps: 5 });
      await page.mouse.up();
    },
  };
  const rows = await benchReaching(driven, await findOldestTask(url));
  await close();
  return rows;
}

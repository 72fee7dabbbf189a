/**
 * Answers what the first view of the wall shows, as one JSON text: the first tiles, the months, and the layouts of the months that
 * the tiles are from. Each question of its own would cost a turn of both threads. Runs on a search thread.
 */
import type { Store } from '../../store/contract/store.ts';
import type { WallMonthsView } from '../../views/wall-schema.ts';
import { answerSearch, type Target } from './search-answers.ts';
import { answerLayout, answerMonths } from './wall-answers.ts';

/** Tiles in the page itself: about what a window of 1920 × 1080 pixels shows. Each further one delays the pictures that are seen. */
const FIRST_TILES = 40;
/** The layout of a larger month, or of more tasks together, is loaded by the script: the page would be seen later, by 2 ms a thousand. */
const MAX_LAYOUT_TILES = 4000;

/** Members with the answers of the routes of these names. @throws ApiError 400 */
export async function answerFirstView(store: Store, target: Target): Promise<string> {
  const { params } = target;
  const search = await answerSearch(store, {
    ...target,
    params: extend(params, { fields: 'tile', limit: String(FIRST_TILES) }),
  });
  // By best match there are no months, and an older page is read without the script that needs them.
  if (params.get('sort') === 'relevance' || params.has('cursor'))
    return `{"search":${search},"months":null,"layouts":[]}`;
  const months = await answerMonths(store, target);
  const layouts: string[] = [];
  for (const month of chooseMonths(JSON.parse(months) as WallMonthsView))
    layouts.push(await answerLayout(store, { ...target, params: extend(params, { month }) }));
  return `{"search":${search},"months":${months},"layouts":[${layouts.join()}]}`;
}

/** The months of the first tiles, as far as they are not too large. */
function chooseMonths({ items }: WallMonthsView): string[] {
  const chosen: string[] = [];
  let [tiles, room] = [FIRST_TILES, MAX_LAYOUT_TILES];
  for (const { month, count } of items) {
    room -= count;
    if (tiles <= 0 || room < 0) break;
    tiles -= count;
    chosen.push(month);
  }
  return chosen;
}

function extend(params: URLSearchParams, added: Record<string, string>): URLSearchParams {
  return new URLSearchParams([...params, ...Object.entries(added)]);
}

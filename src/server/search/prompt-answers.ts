/** Answers `/api/prompts`, `/api/tasks/:id/edits` and `/api/tasks/:id/chain` as JSON texts. Runs on a search thread. */
import { measureSince } from '../../lib/elapsed.ts';
import { formatIsoTime } from '../../lib/iso-time.ts';
import { taskNotFound } from '../../mirror/visibility.ts';
import { createQuery, type TextNode } from '../../search/ast.ts';
import { encodeCursor } from '../../search/cursor.ts';
import { diffWords } from '../../search/edits/diff-words.ts';
import { type DatedPrompt, type Edit, findEditLevel } from '../../search/edits/edit-level.ts';
import { findHighlights } from '../../search/highlights.ts';
import { type ChainLink, EDIT_LIMIT, type Hit, type NearPrompt } from '../../store/contract/search.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { getPrompt } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import { createLeafFinder } from '../../views/hit-base.ts';
import type { EditChainView, PromptEdit, PromptEdits, PromptList } from '../../views/prompts-schema.ts';
import type { Tile } from '../../views/search-schema.ts';
import { serializeTiles } from '../../views/tile-json.ts';
import { readChoiceParam, readIntegerParam } from '../query-params.ts';
import { readPageStart } from './page-start.ts';
import { preferPictured } from './pictured-hits.ts';
import type { Target } from './search-answers.ts';
import { describeIndexGap, describeShortList, describeShortPage } from './search-notes.ts';
import { readSearchTarget, TARGET_PARAMS } from './search-request.ts';
import { findVisibleTask } from './visible-task.ts';

const PROMPT_PARAMS = ['q', ...TARGET_PARAMS, 'sort', 'cursor', 'limit', 'at'];
const SORTS = ['newest', 'oldest', 'relevance'] as const;
const MAX_LIMIT = 100;
/** Later ones are looked for from those. */
const MAX_LED_TO = 50;

/** @throws ApiError 400 */
export async function answerPrompts(store: Store, { params, limits, nowMs }: Target): Promise<string> {
  const started = performance.now();
  const { query, filter, timeZone } = readSearchTarget(params, limits, nowMs, PROMPT_PARAMS);
  const [sort = 'newest'] = readChoiceParam(params, 'sort', SORTS);
  const { after, notes } = readPageStart(params, sort, { timeZone, nowMs });
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 });
  const page = await store.search({
    ...{ query, filter, sort, limit, nowMs, groupByPrompt: true, withUses: true },
    ...(after ? { after } : {}),
  });
  const hits = await preferPictured(store, page.hits);
  const tiles = await serializeTiles(store, hits, query);
  const findLeaves = createLeafFinder(query);
  return JSON.stringify({
    items: hits.flatMap((hit, at) => serializePrompt(hit, tiles[at], findLeaves(hit))),
    next_cursor: page.next ? encodeCursor(page.next) : null,
    total: page.total,
    total_is_exact: page.totalIsExact,
    notes: [
      ...query.notes,
      ...notes,
      ...describeIndexGap(page.indexedFromMs),
      ...describeShortPage(page, limit),
    ],
    understood: query.understood,
    took_ms: measureSince(started),
  } satisfies PromptList);
}

function serializePrompt(
  { task: { text }, group }: Hit,
  tile: Tile | undefined,
  leaves: readonly TextNode[],
): PromptList['items'] {
  const { count = 0, uses } = group ?? {};
  if (!tile || !uses) return []; // both were asked for
  const { group: _, ...task } = tile;
  const prompt = getPrompt(text);
  return [
    {
      prompt,
      highlights: findHighlights(leaves, prompt),
      task,
      count,
      first_used_at: formatIsoTime(uses.firstMs),
      last_used_at: formatIsoTime(uses.lastMs),
      models: [...uses.models],
      best: uses.best ?? null,
    },
  ];
}

interface PromptNode extends DatedPrompt {
  readonly task: StoredTask;
}

/** @throws ApiError 404 when there is no such task for the caller */
export async function answerEdits(store: Store, { id, params, limits, nowMs }: Target): Promise<string> {
  const started = performance.now();
  const source = await findVisibleTask(store, id, { limits, nowMs });
  const { query } = readSearchTarget(params, limits, nowMs, ['tz']);
  const near = await store.findNearPrompts(source.id, limits);
  if (!near) throw taskNotFound();
  const own = createNode({ task: source, firstUsedMs: near.firstUsedMs });
  const others = near.prompts.map(createNode);
  const { cameFrom, ledTo } = findEditLevel(own, others);
  const shown = [...(cameFrom ? [cameFrom] : []), ...ledTo.slice(0, MAX_LED_TO)];
  const hits = shown.map(({ node }) => ({ task: node.task }));
  const tiles = await serializeTiles(store, hits, createQuery([]));
  const edits = shown.flatMap((edit, at) => serializeEdit(edit, tiles[at], own));
  return JSON.stringify({
    prompt: own.prompt,
    first_used_at: formatIsoTime(own.firstUsedMs),
    came_from: cameFrom ? (edits[0] ?? null) : null,
    led_to: edits.slice(cameFrom ? 1 : 0),
    weighed: others.length,
    notes: [
      ...query.notes,
      ...describeIndexGap(near.indexedFromMs),
      ...(near.isCutShort ? [describeShortList(near.prompts.length, EDIT_LIMIT)] : []),
      ...(ledTo.length > MAX_LED_TO ? [`it led to ${ledTo.length} prompts; these are the first`] : []),
    ],
    took_ms: measureSince(started),
  } satisfies PromptEdits);
}

function createNode({ task, firstUsedMs }: NearPrompt): PromptNode {
  return { task, id: task.id, prompt: getPrompt(task.text), firstUsedMs };
}

/** What was changed is told from the earlier prompt to the later one. */
function serializeEdit(
  { node, similarity }: Edit<PromptNode>,
  task: Tile | undefined,
  own: PromptNode,
): PromptEdit[] {
  if (!task) return [];
  const isEarlier =
    node.firstUsedMs < own.firstUsedMs || (node.firstUsedMs === own.firstUsedMs && node.id < own.id);
  const [from, to] = isEarlier ? [node, own] : [own, node];
  return [
    {
      task,
      prompt: node.prompt,
      first_used_at: formatIsoTime(node.firstUsedMs),
      similarity,
      diff: diffWords(from.prompt, to.prompt),
    },
  ];
}

/** @throws ApiError 404 when there is no such task for the caller */
export async function answerChain(store: Store, { id, limits }: Target): Promise<string> {
  const started = performance.now();
  const chain = id && (await store.findChain(id, limits));
  if (!chain) throw taskNotFound();
  return JSON.stringify({
    sources: await serializeLinks(store, chain.sources),
    results: await serializeLinks(store, chain.results),
    took_ms: measureSince(started),
  } satisfies EditChainView);
}

async function serializeLinks(store: Store, links: readonly ChainLink[]): Promise<EditChainView['sources']> {
  const hits = links.map(({ task }) => ({ task }));
  const tiles = new Map<TaskId | string, Tile>();
  for (const tile of await serializeTiles(store, hits, createQuery([]))) tiles.set(tile.id, tile);
  return links.flatMap(({ task, result, input }) => {
    const tile = tiles.get(task.id);
    return tile ? [{ task: tile, result, input }] : [];
  });
}

/** `GET /prompts`: the distinct prompts. `GET /history`: what a prompt comes from, and what it led to. */
import { Hono } from 'hono';
import type { ComponentChild } from 'preact';
import type { ApiError } from '../../../lib/api-error.ts';
import type { EditChainView, PromptEdits, PromptList } from '../../../views/prompts-schema.ts';
import { createShell } from '../../../web/components/shell-state.ts';
import { HistoryPage, type PromptHistory } from '../../../web/pages/HistoryPage.tsx';
import { PromptsPage } from '../../../web/pages/PromptsPage.tsx';
import { cutText } from '../../../web/view/cut-text.ts';
import type { TileData, TilePage } from '../../../web/view/data.ts';
import { DICTIONARIES } from '../../../web/view/i18n/dictionaries.ts';
import { PROMPT_TEXTS } from '../../../web/view/i18n/prompts.ts';
import type { StaticPageData } from '../../../web/view/page-data.ts';
import { buildMatchParams, EMPTY_VIEW, getSort, parseView, type View } from '../../../web/view/url.ts';
import { compressText } from '../../compress-text.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../../deps.ts';
import { toApiError } from '../../errors.ts';
import { getQueryParams } from '../../query-params.ts';
import { askThread } from '../../search/respond.ts';
import { parseIdParam } from '../tasks.ts';
import { type PageContextDeps, readPageContextSafely } from './page-context.ts';
import { sendPage } from './send-page.ts';
import type { AskThread } from './wall-data.ts';

type PromptPagesDeps = PageContextDeps & Pick<ServerDeps, 'config' | 'searching'>;

const PROMPTS_PER_PAGE = '30';
/** Characters of a prompt or a query in a title. */
const MAX_TITLE_LENGTH = 80;

export function createPromptPagesRoutes(deps: PromptPagesDeps): Hono<ServerEnv> {
  const { searching, clock, log } = deps;
  const createAsk =
    (c: ServerContext): AskThread =>
    async (route, params, id) =>
      askThread(c, searching, {
        ...{ route, query: params.toString(), nowMs: clock.now() },
        ...(id === undefined ? {} : { id: parseIdParam(id) }),
      });
  const report = (error: unknown): ApiError => {
    const apiError = toApiError(error);
    if (apiError.status >= 500) log.error({ err: error }, 'the prompts of a page could not be read');
    return apiError;
  };

  return new Hono<ServerEnv>()
    .get('/prompts', compressText, async (c) => {
      const { q, sort, cursor, tz } = parseView(getQueryParams(c));
      const view = { ...EMPTY_VIEW, q, sort, cursor, tz };
      const page = await readPageContextSafely(c, deps, tz);
      const search = { action: './prompts', q, params: pickFormParams(view) };
      const data: StaticPageData = { ...page, search };
      const list = await readPrompts(view, page.timeZone, createAsk(c)).catch(report);
      const props = 'items' in list ? { list } : { list: { problem: list.message } };
      const body = <PromptsPage shell={createPageShell(data)} {...{ search, view, ...props }} />;
      const title = q.trim() === '' ? '' : cutText(q.trim(), MAX_TITLE_LENGTH);
      return sendPage(c, describePage(data, { title, body }), 'items' in list ? 200 : pickStatus(list, 400));
    })
    .get('/history', compressText, async (c) => {
      const { task } = parseView(getQueryParams(c));
      const data = await readPageContextSafely(c, deps);
      const history = await readHistory(task, createAsk(c)).catch(report);
      const isRead = 'edits' in history;
      const status = isRead ? 200 : pickStatus(history, 404);
      const shown = isRead ? history : status === 503 ? 'failed' : 'missing';
      const body = <HistoryPage shell={createPageShell(data)} history={shown} />;
      const title = isRead ? cutText(history.edits.prompt, MAX_TITLE_LENGTH) : '';
      return sendPage(c, describePage(data, { title, body }), status);
    });
}

function createPageShell(data: StaticPageData) {
  return createShell(data, DICTIONARIES[data.language]);
}

/** @param title what the page is about; empty: of all prompts */
function describePage(data: StaticPageData, { title, body }: { title: string; body: ComponentChild }) {
  const { language, preferences } = data;
  const { appName } = DICTIONARIES[language];
  const parts = [title, PROMPT_TEXTS[language].title, appName].filter((part) => part !== '');
  return {
    ...{ title: parts.join(' · '), language, theme: preferences.theme },
    ...{ page: 'prompts' as const, data, body },
  };
}

/** What a new search keeps of the view. */
function pickFormParams({ sort, tz }: View): Record<string, string> {
  return { ...(sort ? { sort } : {}), ...(tz === '' ? {} : { tz }) };
}

async function readPrompts(view: View, timeZone: string, ask: AskThread): Promise<PromptList> {
  const params = buildMatchParams(view, timeZone);
  params.set('sort', getSort(view));
  params.set('limit', PROMPTS_PER_PAGE);
  if (view.cursor !== '') params.set('cursor', view.cursor);
  return parseAnswer<PromptList>(await ask('prompts', params));
}

async function readHistory(id: string, ask: AskThread): Promise<PromptHistory> {
  const none = new URLSearchParams();
  const [edits, chain, tile] = await Promise.all([
    ask('edits', none, id),
    ask('chain', none, id),
    readTile(id, ask),
  ]);
  return { edits: parseAnswer<PromptEdits>(edits), chain: parseAnswer<EditChainView>(chain), tile };
}

/** Undefined for a hidden task, which a search leaves out. */
async function readTile(id: string, ask: AskThread): Promise<TileData | undefined> {
  const params = new URLSearchParams({ id, fields: 'tile', limit: '1' });
  return parseAnswer<TilePage>(await ask('search', params)).items[0];
}

/** @param otherwise when the mirror could have answered another request */
function pickStatus<Status extends 400 | 404>({ status }: ApiError, otherwise: Status): Status | 503 {
  return status >= 500 ? 503 : otherwise;
}

/** The answers are those of our own search thread. */
function parseAnswer<T>(text: string): T {
  return JSON.parse(text) as T;
}

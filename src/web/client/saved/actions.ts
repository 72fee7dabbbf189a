/** What a reader can do on the page of saved searches. */
import type { SavedActions, SavedState } from '../../components/saved/state.ts';
import type { Shell } from '../../components/shell.ts';
import type { Problem } from '../../components/use-trial.ts';
import type { SavedTexts } from '../../view/i18n/saved/texts.ts';
import type { SavedItem } from '../../view/saved-data.ts';
import { type Api, ApiFailure, ignoreFailure } from '../api.ts';
import { copyToClipboard } from '../clipboard.ts';
import { describeSavedFailure } from './describe-failure.ts';
import { createSavedRequests, type SavedVersion } from './requests.ts';

interface Deps {
  readonly api: Api;
  readonly shell: Shell;
  readonly texts: SavedTexts;
  readonly state: SavedState;
}

export function createSavedActions({ api, shell, texts, state }: Deps): {
  readonly actions: SavedActions;
  /** Reads the list and its counts again. */
  readonly refresh: () => void;
} {
  const requests = createSavedRequests(api);
  /** Of two lists that are being read, the later one counts. */
  let reading = 0;

  const replace = (id: string, change: Partial<SavedItem>) => {
    state.items.value = state.items.peek()?.map((item) => (item.id === id ? { ...item, ...change } : item));
  };
  const readList = async () => {
    reading += 1;
    const own = reading;
    const known = new Map(state.items.peek()?.map((item) => [item.id, item]));
    const items = await Promise.all(
      (await requests.list()).map(async (item) => {
        const before = known.get(item.id);
        if (before?.changed_at === item.changed_at) return { ...item, etag: before.etag };
        return { ...item, ...(await requests.read(item.id)) };
      }),
    );
    if (own === reading) state.items.value = items;
  };
  const refresh = () => void readList().catch(ignoreFailure);
  /** A list that is being read may be older than what was changed meanwhile. */
  const accept = (change: () => void) => {
    reading += 1;
    change();
    refresh();
  };

  const attempt = async (run: () => Promise<void>, done: string): Promise<Problem> => {
    shell.state.announcement.value = '';
    try {
      await run();
      shell.state.announcement.value = done;
      return undefined;
    } catch (error) {
      return describeSavedFailure(error, texts, shell.t);
    }
  };
  const change = async (
    { id }: SavedItem,
    send: () => Promise<SavedVersion>,
    done: string,
  ): Promise<Problem> =>
    attempt(async () => {
      try {
        const view = await send();
        accept(() => replace(id, view));
      } catch (error) {
        // It is shown as others have made it, and what is done next is done to that.
        if (error instanceof ApiFailure && error.status === 412) {
          const view = await requests.read(id);
          accept(() => replace(id, view));
        }
        throw error;
      }
    }, done);

  const actions: SavedActions = {
    create: (fields) =>
      attempt(async () => {
        const view = await requests.create({ ...fields, tz: shell.timeZone });
        const item = { ...view, visited_at: view.created_at, new: 0, new_is_exact: true };
        accept(() => {
          state.items.value = [...(state.items.peek() ?? []), item];
        });
        // Who loads the page again does not want to save it again.
        history.replaceState(history.state, '', './saved');
      }, texts.saved),
    edit: (item, fields) => change(item, () => requests.edit(item, fields), texts.saved),
    remove: ({ id }) =>
      attempt(async () => {
        await requests.remove(id);
        accept(() => {
          state.items.value = state.items.peek()?.filter((item) => item.id !== id);
        });
      }, texts.deleted),
    turnFeedOn: (item) => change(item, () => requests.turnFeedOn(item), ''),
    turnFeedOff: (item) => change(item, () => requests.turnFeedOff(item), ''),
    visit: ({ id }) => void requests.visit(id).catch(ignoreFailure),
    copy: copyToClipboard,
  };
  return { actions, refresh };
}

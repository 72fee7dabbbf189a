/** What a reader can do on the page of collections, whether it shows all or one. */
import type { CollectionActions, CollectionsState } from '../../components/collections/state.ts';
import type { Shell } from '../../components/shell.ts';
import { linkToCollection } from '../../view/collections-data.ts';
import type { CollectionTexts } from '../../view/i18n/collections/texts.ts';
import type { Api } from '../api.ts';
import { createOpenCollectionActions, type OpenCollectionActions } from './collection-actions.ts';
import { describeFailure } from './describe-failure.ts';
import { createPictureFocus } from './picture-focus.ts';
import { createCollectionRequests } from './requests.ts';

interface Deps {
  readonly api: Api;
  readonly shell: Shell;
  readonly texts: CollectionTexts;
  readonly state: CollectionsState;
}

export function createPageActions({ api, shell, texts, state }: Deps): {
  readonly actions: CollectionActions;
  /** Reads again what is shown. */
  readonly refresh: () => void;
} {
  const requests = createCollectionRequests(api);
  const content = state.content.peek();
  const { refresh, ...one } =
    content.kind === 'one'
      ? createOpenCollectionActions(content.open.collection.id, {
          ...{ requests, shell, texts, state },
          focusPicture: createPictureFocus(state),
        })
      : NOTHING_OPEN;
  const actions: CollectionActions = {
    ...one,
    openDialog: (name) => {
      state.dialog.value = name;
    },
    create: async (fields) => {
      try {
        const { data } = await requests.create(fields);
        location.assign(linkToCollection(data.id));
        return undefined;
      } catch (error) {
        return describeFailure(error, texts, shell.t);
      }
    },
  };
  return { actions, refresh };
}

const doNothing = () => undefined;
const doNothingLater = () => Promise.resolve(undefined);

/** The list has none of these. */
const NOTHING_OPEN: OpenCollectionActions = {
  edit: doNothingLater,
  remove: doNothingLater,
  share: doNothingLater,
  unshare: doNothingLater,
  copy: doNothingLater,
  move: doNothing,
  take: doNothing,
  chooseCover: doNothing,
  loadMore: doNothing,
  undo: doNothing,
  refresh: doNothing,
};

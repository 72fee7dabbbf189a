/** Asks before a collection is deleted: nothing brings it back. */
import type { CollectionData } from '../../view/data.ts';
import { useShell } from '../shell.ts';
import { useTrial } from '../use-trial.ts';
import { Sheet } from './Sheet.tsx';
import { useCollections } from './state.ts';

export function DeleteDialog({ collection: { name, is_shared } }: { collection: CollectionData }) {
  const { t } = useShell();
  const { texts, actions } = useCollections();
  const { problem, isBusy, attempt } = useTrial();
  return (
    <Sheet title={texts.deleteTitle(name)}>
      <form
        class="collection-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (actions) void attempt(actions.remove);
        }}
      >
        <p>{is_shared ? texts.deleteSharedHint : texts.deleteHint}</p>
        <p class="form-problem" role="alert">
          {problem}
        </p>
        <div class="form-end">
          <button type="button" class="button" autofocus onClick={() => actions?.openDialog(undefined)}>
            {t.cancel}
          </button>
          <button type="submit" class="button is-bad" aria-disabled={isBusy}>
            {texts.delete}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

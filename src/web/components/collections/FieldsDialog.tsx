/** Name and note of a collection that is created or edited. What was typed stays there when it can't be saved. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { useShell } from '../shell.ts';
import { type Problem, useTrial } from '../use-trial.ts';
import { Sheet } from './Sheet.tsx';
import { type CollectionFields, useCollections } from './state.ts';

interface Props {
  readonly title: string;
  readonly fields?: CollectionFields;
  readonly onSave: (fields: CollectionFields) => Promise<Problem>;
}

/** UTF-16 units: as the mirror takes them. */
const MAX_NOTE_LENGTH = 10_000;

export function FieldsDialog({ title, fields = { name: '', note: '' }, onSave }: Props) {
  const { t } = useShell();
  const { texts, actions } = useCollections();
  const id = useId();
  const name = useSignal(fields.name);
  const note = useSignal(fields.note);
  const { problem, isBusy, attempt } = useTrial();
  const canSave = name.value.trim() !== '' && !isBusy;
  return (
    <Sheet title={title}>
      <form
        class="collection-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!canSave) return;
          void attempt(() => onSave({ name: name.value, note: note.value })).then((isDone) => {
            if (isDone) actions?.openDialog(undefined);
          });
        }}
      >
        <label for={`${id}-name`}>{texts.name}</label>
        <input
          id={`${id}-name`}
          type="text"
          value={name.value}
          dir="auto"
          autocomplete="off"
          autofocus
          aria-describedby={`${id}-hint ${id}-problem`}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <p class="muted small" id={`${id}-hint`}>
          {texts.nameHint}
        </p>
        <label for={`${id}-note`}>{texts.note}</label>
        <textarea
          id={`${id}-note`}
          rows={4}
          maxLength={MAX_NOTE_LENGTH}
          value={note.value}
          dir="auto"
          onInput={(event) => {
            note.value = event.currentTarget.value;
          }}
        />
        <p class="form-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
        <div class="form-end">
          <button type="button" class="button" onClick={() => actions?.openDialog(undefined)}>
            {t.cancel}
          </button>
          <button type="submit" class="button is-primary" aria-disabled={!canSave}>
            {texts.save}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

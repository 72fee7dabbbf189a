/** Name and query of a search that is saved or changed. What was typed stays there when it can't be saved. */
import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { SavedFields } from '../../view/saved-data.ts';
import { useShell } from '../shell.ts';
import { type Problem, useTrial } from '../use-trial.ts';
import { useSaved } from './state.ts';

interface Props {
  readonly fields: SavedFields;
  readonly onSave: (fields: SavedFields) => Promise<Problem>;
  /** Whether the name is typed next. */
  readonly isFocused: boolean;
  /** Without it, the form stays, and is emptied when it is saved. */
  readonly onClose?: () => void;
}

/** UTF-16 units: as the mirror takes them. */
const MAX_QUERY_LENGTH = 4000;

export function FieldsForm({ fields, onSave, isFocused, onClose }: Props) {
  const { t } = useShell();
  const { texts } = useSaved();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const name = useSignal(fields.name);
  const query = useSignal(fields.query);
  const { problem, isBusy, attempt } = useTrial();
  useLayoutEffect(() => {
    if (isFocused) input.current?.focus();
  }, []);
  const canSave = name.value.trim() !== '' && !isBusy;
  const save = async () => {
    if (!(await attempt(() => onSave({ name: name.value, query: query.value })))) return;
    if (onClose) return onClose();
    name.value = '';
    query.value = '';
  };
  return (
    <form
      class="saved-form js-only"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave) void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing || !onClose) return;
        event.preventDefault();
        onClose();
      }}
    >
      <label for={`${id}-name`}>{texts.name}</label>
      <input
        id={`${id}-name`}
        ref={input}
        type="text"
        value={name.value}
        dir="auto"
        autocomplete="off"
        aria-describedby={`${id}-problem`}
        onInput={(event) => {
          name.value = event.currentTarget.value;
        }}
      />
      <label for={`${id}-query`}>{texts.query}</label>
      <input
        id={`${id}-query`}
        type="text"
        value={query.value}
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        maxLength={MAX_QUERY_LENGTH}
        aria-describedby={`${id}-problem`}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      <p class="form-problem" id={`${id}-problem`} role="alert">
        {problem}
      </p>
      <div class="saved-tools">
        <button type="submit" class="button is-primary" aria-disabled={!canSave}>
          {texts.save}
        </button>
        {onClose && (
          <button type="button" class="button" onClick={onClose}>
            {t.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

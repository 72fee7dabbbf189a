/** The note of a task: saved by a button, and never over what somebody else has written meanwhile. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { MAX_NOTE_CHARACTERS } from '../../task/marks.ts';
import { type NoteVersion, useApp } from './app.ts';

interface Props {
  readonly id: string;
  /** As the mirror has it, as far as the page knows. */
  readonly note: string;
}

export function NoteField({ id, note }: Props) {
  const { t, state, actions } = useApp();
  const fieldId = useId();
  const draft = state.noteDrafts.get(id);
  const text = useSignal(draft?.text ?? note);
  const theirs = useSignal<NoteVersion | undefined>(undefined);
  const isSaving = useSignal(false);
  const base = useRef<Promise<NoteVersion>>(draft?.base && Promise.resolve(draft.base));
  const field = useRef<HTMLTextAreaElement>(null);
  /** What was there when the writing began. */
  const start = useRef(draft?.base?.text ?? note);

  // What has come from elsewhere is shown, unless something else is being written.
  useEffect(() => {
    if (text.peek() !== start.current) return;
    if (start.current !== note) base.current = undefined;
    start.current = note;
    text.value = note;
  }, [note]);

  /** What is written is about the note as it was when the writing began. */
  const readBase = (): Promise<NoteVersion> => {
    base.current ??= actions?.readNote(id);
    return base.current ?? Promise.reject(new Error('the page is not ready'));
  };
  const type = (typed: string) => {
    text.value = typed;
    if (typed === start.current) {
      state.noteDrafts.delete(id);
      return;
    }
    state.noteDrafts.set(id, { text: typed, base: state.noteDrafts.get(id)?.base });
    void readBase().then(
      (version) => {
        const now = state.noteDrafts.get(id);
        if (now && !now.base) state.noteDrafts.set(id, { ...now, base: version });
      },
      () => {
        base.current = undefined;
      },
    );
  };
  const accept = (version: NoteVersion) => {
    base.current = Promise.resolve(version);
    theirs.value = undefined;
    state.noteDrafts.delete(id);
    start.current = version.text;
    text.value = version.text;
    field.current?.focus();
  };
  const save = async (over?: NoteVersion) => {
    if (isSaving.value) return;
    isSaving.value = true;
    const wanted = text.value;
    try {
      const before = over ?? (await readBase());
      // It was changed before the writing began, and the page did not know.
      const isOutdated = over === undefined && before.text !== start.current;
      const now = isOutdated ? before : await actions?.saveNote(id, wanted, before);
      if (!now) return;
      if (now.text !== wanted) theirs.value = now;
      else {
        accept(now);
        state.announcement.value = t.noteSaved;
      }
    } catch (error) {
      base.current = undefined;
      state.toast.value = { text: t.markFailed(error instanceof Error ? error.message : String(error)) };
    } finally {
      isSaving.value = false;
    }
  };

  const isChanged = text.value !== note;
  return (
    <form
      class="note-field"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        id={fieldId}
        rows={2}
        maxLength={MAX_NOTE_CHARACTERS}
        value={text.value}
        placeholder={t.note}
        aria-label={t.note}
        dir="auto"
        onFocus={() => void readBase().catch(() => undefined)}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
          else if (event.key === 'Escape' && !event.isComposing) field.current?.closest('dialog')?.focus();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {isChanged && !theirs.value && (
        <button type="submit" class="button" disabled={isSaving.value}>
          {t.saveNote}
        </button>
      )}
      {theirs.value && (
        <div class="note-conflict" role="alert">
          <p>{t.noteConflict}</p>
          <blockquote dir="auto">{theirs.value.text === '' ? t.emptyNote : theirs.value.text}</blockquote>
          <button type="button" class="button" onClick={() => void save(theirs.value)}>
            {t.saveMine}
          </button>
          <button type="button" class="button" onClick={() => theirs.value && accept(theirs.value)}>
            {t.takeTheirs}
          </button>
        </div>
      )}
    </form>
  );
}

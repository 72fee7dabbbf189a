/** A field for one tag after the other, completed by those that there are: a combobox with a list. */
import { useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { InvalidTag, normalizeTag } from '../../task/marks.ts';
import type { TagCount } from '../view/data.ts';
import { useApp } from './app.ts';
import { useListbox } from './use-listbox.ts';

interface Props {
  /** Gets the focus when it appears. */
  readonly hasFocus?: boolean;
  /** Those that the task has. */
  readonly tags?: readonly string[];
  /** @param tag normalized */
  readonly onAdd: (tag: string) => void;
  /** Undefined: tags are only added. */
  readonly onRemove?: (tag: string) => void;
}

const MAX_SUGGESTIONS = 8;

export function TagInput({ hasFocus = false, tags = [], onAdd, onRemove }: Props) {
  const { t, f, actions } = useApp();
  const id = useId();
  const text = useSignal('');
  const list = useListbox<TagCount>();
  const isInvalid = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (hasFocus) input.current?.focus({ preventScroll: true });
  }, []);

  const suggest = () =>
    list.load(async (signal) => {
      const items = (await actions?.suggestTags(text.peek(), signal)) ?? [];
      return items.filter(({ tag }) => !tags.includes(tag)).slice(0, MAX_SUGGESTIONS);
    });
  const take = (run: (tag: string) => void, value = text.value) => {
    try {
      run(normalizeTag(value));
      text.value = '';
      isInvalid.value = false;
    } catch (error) {
      if (!(error instanceof InvalidTag)) throw error;
      isInvalid.value = true;
    }
    list.close();
    input.current?.focus();
  };
  /** Closes the list, then clears the field, then leaves it, and only then what is around it. */
  const leave = (event: KeyboardEvent) => {
    const dialog = input.current?.closest('dialog');
    if (list.isOpen) list.close();
    else if (text.value !== '') text.value = '';
    else if (dialog) dialog.focus();
    else return;
    isInvalid.value = false;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.isOpen) list.move(event.key === 'ArrowDown' ? 1 : -1);
      else if (event.key === 'ArrowDown') suggest();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(onAdd, list.chosen?.tag);
    } else if (event.key === 'Escape') leave(event);
  };

  return (
    <div class="tag-input">
      <input
        ref={input}
        type="text"
        role="combobox"
        value={text.value}
        placeholder={t.addTag}
        aria-label={t.addTag}
        aria-expanded={list.isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={list.chosen && `${id}-${list.chosenAt}`}
        aria-invalid={isInvalid.value}
        aria-describedby={isInvalid.value ? `${id}-error` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="done"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          isInvalid.value = false;
          suggest();
        }}
        onKeyDown={onKeyDown}
        onBlur={list.close}
      />
      {onRemove && (
        <>
          <button type="button" class="button" onClick={() => take(onAdd)}>
            {t.addTag}
          </button>
          <button type="button" class="button" onClick={() => take(onRemove)}>
            {t.removeTag}
          </button>
        </>
      )}
      <ul
        class="suggestions"
        id={`${id}-list`}
        role="listbox"
        aria-label={t.suggestions}
        hidden={!list.isOpen}
      >
        {list.options.map(({ tag, count }, at) => (
          <li
            key={tag}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === list.chosenAt}
            // Before the input loses the focus, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              if (!onRemove) return take(onAdd, tag);
              text.value = tag;
              list.close();
            }}
          >
            <span>{tag}</span>
            <span class="count">{f.number(count)}</span>
          </li>
        ))}
      </ul>
      {isInvalid.value && (
        <p class="tag-error" id={`${id}-error`} role="alert">
          {t.invalidTag}
        </p>
      )}
    </div>
  );
}

/** The search box: a form without a script, a combobox with suggestions with one. Operators are coloured behind the text. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { splitParts } from '../view/query-parts.ts';
import { EMPTY_VIEW, LISTS } from '../view/url.ts';
import type { Suggestion } from './actions.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { useListbox } from './use-listbox.ts';

/** While letters are typed, results follow after a pause of this length. */
const TYPING_PAUSE_MS = 120;

export function SearchBox() {
  const { t, state, actions } = useApp();
  const view = state.view.value;
  const text = useSignal(view.q);
  const list = useListbox<Suggestion>();
  const input = useRef<HTMLInputElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);

  const searched = useRef<string>(undefined);

  // What comes from elsewhere: a chip that was removed, Back. What was searched from here may already be followed by more letters.
  useEffect(() => {
    if (view.q === searched.current) return;
    searched.current = undefined;
    if (text.peek().trim() !== view.q.trim()) text.value = view.q;
  }, [view.q]);
  // The text moves under the input when it is longer than the box.
  useEffect(() => {
    if (ghost.current && input.current) ghost.current.scrollLeft = input.current.scrollLeft;
  });

  const search = (q: string, how: 'push' | 'type') => {
    clearTimeout(pause.current);
    searched.current = q;
    actions?.navigate({ ...state.view.peek(), q, task: '', cursor: '' }, how);
  };
  const submit = (q: string) => {
    list.close();
    search(q, 'push');
  };
  const type = (q: string) => {
    text.value = q;
    clearTimeout(pause.current);
    list.load(async (signal) => {
      await new Promise<void>((resolve) => {
        pause.current = setTimeout(resolve, TYPING_PAUSE_MS);
      });
      search(q, 'type');
      return (await actions?.suggest(q, signal)) ?? [];
    });
  };
  const take = ({ query }: Suggestion) => {
    text.value = query;
    submit(query);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && list.isOpen) {
      event.preventDefault();
      list.move(event.key === 'ArrowDown' ? 1 : -1);
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (list.chosen) take(list.chosen);
      else submit(text.value);
      return;
    }
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    const wasOpen = list.isOpen;
    list.close();
    if (wasOpen) return;
    // What was typed last is not searched for later, when it may have been cleared.
    if (text.value.trim() !== state.view.peek().q.trim()) search(text.value, 'type');
    actions?.leaveSearch();
  };

  return (
    <form
      class="search"
      role="search"
      action="./"
      method="get"
      onSubmit={(event) => {
        event.preventDefault();
        submit(text.value);
      }}
    >
      <Icon name="search" />
      <div class="search-field">
        <div class="search-ghost" ref={ghost} aria-hidden="true">
          <ColouredQuery text={text.value} />
        </div>
        <input
          ref={input}
          id="search"
          name="q"
          type="text"
          inputmode="search"
          value={text.value}
          placeholder={t.searchPlaceholder}
          aria-label={t.searchLabel}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="search"
          maxLength={4000}
          role="combobox"
          aria-expanded={list.isOpen}
          aria-controls="search-suggestions"
          aria-autocomplete="list"
          aria-activedescendant={list.chosen && `suggestion-${list.chosenAt}`}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={list.close}
          onScroll={(event) => {
            if (ghost.current) ghost.current.scrollLeft = event.currentTarget.scrollLeft;
          }}
        />
      </div>
      <KeptFilters />
      {text.value !== '' && (
        <button
          type="button"
          class="search-clear js-only"
          aria-label={t.clearSearch}
          onClick={() => {
            text.value = '';
            submit('');
            input.current?.focus();
          }}
        >
          <Icon name="x" size={16} />
        </button>
      )}
      <kbd class="search-key js-only" aria-hidden="true">
        /
      </kbd>
      <ul
        class="suggestions"
        id="search-suggestions"
        role="listbox"
        aria-label={t.suggestions}
        hidden={!list.isOpen}
      >
        {list.options.map((suggestion, at) => (
          <li
            key={suggestion.query}
            id={`suggestion-${at}`}
            role="option"
            aria-selected={at === list.chosenAt}
            class={suggestion.isOperator ? 'is-operator' : ''}
            // Before the input loses the focus, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              take(suggestion);
            }}
          >
            <span>{suggestion.text}</span>
            {suggestion.count !== undefined && <SuggestionCount count={suggestion.count} />}
          </li>
        ))}
      </ul>
    </form>
  );
}

function SuggestionCount({ count }: { count: number }) {
  const { f } = useApp();
  return <span class="count">{f.number(count)}</span>;
}

/** Without a script, the form keeps the filters of the address. */
function KeptFilters() {
  const { state } = useApp();
  const view = state.view.value;
  const texts = (['from', 'to', 'rating', 'sort', 'group', 'tz'] as const).flatMap((name) => {
    const value = view[name] ?? EMPTY_VIEW[name];
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
  const values = LISTS.flatMap((name) => view[name].map((value) => ({ name, value })));
  return (
    <>
      {[...texts, ...values].map(({ name, value }) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

function ColouredQuery({ text }: { text: string }) {
  const pieces = [];
  let at = 0;
  for (const { start, end, kind, text: part } of splitParts(text)) {
    pieces.push(text.slice(at, start));
    const colon = kind === 'operator' ? part.search(/[:\uFF1A]/) + 1 : kind === 'logic' ? part.length : 0;
    pieces.push(<b>{part.slice(0, colon)}</b>, part.slice(colon));
    at = end;
  }
  pieces.push(text.slice(at));
  return <>{pieces}</>;
}

/** The search box: a form without a script, a combobox with suggestions with one. Operators are coloured behind the text. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { splitParts } from '../view/query-parts.ts';
import { EMPTY_VIEW, LISTS } from '../view/url.ts';
import type { Suggestion } from './actions.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';

/** While letters are typed, results follow after a pause of this length. */
const TYPING_PAUSE_MS = 120;

export function SearchBox() {
  const { t, state, actions } = useApp();
  const view = state.view.value;
  const text = useSignal(view.q);
  const suggestions = useSignal<readonly Suggestion[]>([]);
  const chosen = useSignal(-1);
  const input = useRef<HTMLInputElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; abort: AbortController }>(undefined);

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

  const close = () => {
    suggestions.value = [];
    chosen.value = -1;
  };
  const search = (q: string, how: 'push' | 'type') => {
    clearTimeout(pending.current?.timer);
    if (how === 'push') pending.current?.abort.abort();
    searched.current = q;
    actions?.navigate({ ...state.view.peek(), q, task: '', cursor: '' }, how);
  };
  const type = (q: string) => {
    text.value = q;
    pending.current?.abort.abort();
    clearTimeout(pending.current?.timer);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      search(q, 'type');
      void actions?.suggest(q, abort.signal).then((found) => {
        if (abort.signal.aborted) return;
        suggestions.value = found;
        chosen.value = -1;
      });
    }, TYPING_PAUSE_MS);
    pending.current = { timer, abort };
  };
  const take = ({ query }: Suggestion) => {
    text.value = query;
    close();
    search(query, 'push');
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const count = suggestions.value.length;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      chosen.value = ((chosen.value + 1 + step + count + 1) % (count + 1)) - 1;
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      const suggestion = suggestions.value[chosen.value];
      if (suggestion) take(suggestion);
      else {
        close();
        search(text.value, 'push');
      }
      return;
    }
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.preventDefault();
    if (count > 0) {
      close();
      return;
    }
    // What was typed last is not searched for later, when it may have been cleared.
    pending.current?.abort.abort();
    if (text.value.trim() !== state.view.peek().q.trim()) search(text.value, 'type');
    actions?.leaveSearch();
  };

  const isOpen = suggestions.value.length > 0;
  return (
    <form
      class="search"
      role="search"
      action="./"
      method="get"
      onSubmit={(event) => {
        event.preventDefault();
        close();
        search(text.value, 'push');
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
          aria-expanded={isOpen}
          aria-controls="search-suggestions"
          aria-autocomplete="list"
          aria-activedescendant={chosen.value >= 0 ? `suggestion-${chosen.value}` : undefined}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={close}
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
            close();
            search('', 'push');
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
        hidden={!isOpen}
      >
        {suggestions.value.map((suggestion, at) => (
          <li
            key={suggestion.query}
            id={`suggestion-${at}`}
            role="option"
            aria-selected={at === chosen.value}
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

/** The search box of pages that show no pictures: what is searched for is shown on the wall. */
import { Icon } from './Icon.tsx';
import { useShell } from './shell.ts';

export function PlainSearch() {
  const { t } = useShell();
  return (
    <search>
      <form class="search" action="./" method="get">
        <Icon name="search" />
        <div class="search-field is-plain">
          <input
            id="search"
            name="q"
            type="text"
            inputmode="search"
            placeholder={t.searchPlaceholder}
            aria-label={t.searchLabel}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            enterkeyhint="search"
            maxLength={4000}
          />
        </div>
        <span class="search-key js-only" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      </form>
    </search>
  );
}

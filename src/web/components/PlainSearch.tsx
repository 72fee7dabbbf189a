/** The search box of pages without a wall: what is searched for is shown there, or where the page says. */
import type { SearchForm } from '../view/page-data.ts';
import { Icon } from './Icon.tsx';
import { useShell } from './shell.ts';

const TO_THE_WALL: SearchForm = { action: './', q: '', params: {} };

export function PlainSearch({ form = TO_THE_WALL }: { form?: SearchForm | undefined }) {
  const { t } = useShell();
  return (
    <search>
      <form class="search" action={form.action} method="get">
        <Icon name="search" />
        <div class="search-field is-plain">
          <input
            id="search"
            name="q"
            type="text"
            inputmode="search"
            defaultValue={form.q}
            placeholder={t.searchPlaceholder}
            aria-label={t.searchLabel}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            enterkeyhint="search"
            maxLength={4000}
          />
          {Object.entries(form.params).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
        </div>
        <span class="search-key js-only" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      </form>
    </search>
  );
}

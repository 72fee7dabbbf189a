/** Filters by marks: a chip for what is starred, and one that opens ratings and what is hidden. */
import { RATINGS } from '../view/marks.ts';
import type { View } from '../view/url.ts';
import { type App, useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { Choices } from './TopBar.tsx';

/** The least rating, as the address has it; empty: any. */
const LEAST_RATINGS = ['', ...RATINGS.map((rating) => `>=${rating}`).reverse()];

export function MarkFilter() {
  const app = useApp();
  const { t, state, actions } = app;
  const view = state.view.value;
  const set = (change: Partial<View>) =>
    actions?.navigate({ ...view, ...change, task: '', cursor: '' }, 'push');
  const isStarred = view.is.includes('starred');
  const isHidden = view.is.includes('hidden');
  const isActive = isHidden || view.rating !== '';
  const label = isActive ? describe(app, view) : t.rating;
  return (
    <>
      <button
        type="button"
        class={`chip${isStarred ? ' is-active is-starred' : ''}`}
        aria-pressed={isStarred}
        onClick={() => set({ is: isStarred ? [] : ['starred'] })}
      >
        <Icon name="star" size={16} />
        {t.starred}
      </button>
      <div class="chip-pair">
        <Popover
          name="marks"
          isActive={isActive}
          title={label}
          label={
            <>
              <span class="chip-text">{label}</span>
              {!isActive && <Icon name="chevron-down" size={15} />}
            </>
          }
        >
          {() => (
            <>
              <Choices
                legend={t.rating}
                options={LEAST_RATINGS.map((value) => ({ value, text: describeRating(app, value) }))}
                chosen={view.rating}
                onChoose={(rating) => set({ rating })}
              />
              <label class="toggle">
                <input
                  type="checkbox"
                  checked={isHidden}
                  onChange={(event) => set({ is: event.currentTarget.checked ? ['hidden'] : [] })}
                />
                {t.hiddenOnly}
              </label>
            </>
          )}
        </Popover>
        {isActive && (
          <button
            type="button"
            class="chip-remove"
            aria-label={t.remove(label)}
            onClick={() => set({ rating: '', is: view.is.filter((value) => value !== 'hidden') })}
          >
            <Icon name="x" size={15} />
          </button>
        )}
      </div>
    </>
  );
}

function describe(app: App, { rating, is }: View): string {
  const { t } = app;
  return [
    ...(rating === '' ? [] : [`${t.rating}: ${describeRating(app, rating)}`]),
    ...(is.includes('hidden') ? [t.hidden] : []),
  ].join(', ');
}

function describeRating({ t }: App, rating: string): string {
  if (rating === '') return t.anyRating;
  const least = /^>=([1-5])$/.exec(rating)?.[1];
  return least === undefined ? rating : t.atLeastRating(Number(least));
}

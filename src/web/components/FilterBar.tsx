/** The filters as chips below the search, and the number of tasks. */
import {
  buildMatchParams,
  EMPTY_VIEW,
  getSort,
  isFiltered,
  isFolded,
  SORTS,
  VALUE_FILTERS,
  type ValueFilter,
} from '../view/url.ts';
import { type App, useApp } from './app.ts';
import { DateFilter } from './DateFilter.tsx';
import { Icon } from './Icon.tsx';
import { MarkFilter } from './MarkFilter.tsx';
import { Popover } from './Popover.tsx';
import { Choices } from './TopBar.tsx';

export function FilterBar() {
  const { t } = useApp();
  return (
    <div class="filters">
      <div class="filters-scroll js-only" role="group" aria-label={t.filters}>
        {VALUE_FILTERS.map((name) => (
          <ValueFilterChip key={name} name={name} />
        ))}
        <MarkFilter />
        <DateFilter />
        <FoldChip />
        <OrderChip />
        <SaveChip />
      </div>
      <Count />
    </div>
  );
}

function ValueFilterChip({ name }: { name: ValueFilter }) {
  const app = useApp();
  const { t, state, actions } = app;
  const view = state.view.value;
  const chosen = view[name];
  if (name === 'tag' && chosen.length === 0 && !state.hasTags.value) return null;
  const set = (values: readonly string[]) =>
    actions?.navigate({ ...view, [name]: values, task: '', cursor: '' }, 'push');
  const label =
    chosen.length === 0
      ? t.filterNames[name]
      : `${t.filterNames[name]}: ${chosen.map((value) => showValue(app, name, value)).join(', ')}`;
  return (
    <div class="chip-pair">
      <Popover
        name={name}
        isActive={chosen.length > 0}
        label={
          <>
            <span class="chip-text">{label}</span>
            {chosen.length === 0 && <Icon name="chevron-down" size={15} />}
          </>
        }
        title={label}
      >
        {() => <ValueList name={name} chosen={chosen} onChange={set} />}
      </Popover>
      {chosen.length > 0 && (
        <button type="button" class="chip-remove" aria-label={t.remove(label)} onClick={() => set([])}>
          <Icon name="x" size={15} />
        </button>
      )}
    </div>
  );
}

interface ValueListProps {
  readonly name: ValueFilter;
  readonly chosen: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

function ValueList({ name, chosen, onChange }: ValueListProps) {
  const app = useApp();
  const { t, f, state } = app;
  const facets = state.facets.value;
  if (!facets)
    return (
      <p class="muted" aria-busy="true">
        {t.loading}…
      </p>
    );
  const values = (facets[name] ?? []).filter(({ value }) => value !== null);
  return (
    <fieldset class="values">
      <legend class="visually-hidden">{t.filterNames[name]}</legend>
      {values.length === 0 && <p class="muted">{t.noValue}</p>}
      {values.map(({ value, count }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value ?? '')}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, value ?? '']
                  : chosen.filter((other) => other !== value),
              )
            }
          />
          <span>{showValue(app, name, value ?? '')}</span>
          <span class="count">{f.number(count)}</span>
        </label>
      ))}
      <p class="muted small">{t.countsAsOf(f.time(facets.counted_at))}</p>
    </fieldset>
  );
}

function showValue({ t }: App, name: ValueFilter, value: string): string {
  if (name !== 'state') return value;
  return t.stateValues[value as keyof typeof t.stateValues] ?? value;
}

function FoldChip() {
  const { t, state, actions } = useApp();
  const view = state.view.value;
  const folded = isFolded(view);
  return (
    <button
      type="button"
      class={`chip${folded ? ' is-active' : ''}`}
      aria-pressed={folded}
      onClick={() =>
        actions?.navigate({ ...view, group: folded ? 'none' : 'prompt', task: '', cursor: '' }, 'push')
      }
    >
      <Icon name="layers" size={16} />
      {t.fold}
    </button>
  );
}

function OrderChip() {
  const { t, state, actions } = useApp();
  const view = state.view.value;
  const sort = getSort(view);
  return (
    <Popover
      name="order"
      title={`${t.order}: ${t.orders[sort]}`}
      isActive={view.sort !== undefined}
      label={
        <>
          {t.orders[sort]}
          <Icon name="chevron-down" size={15} />
        </>
      }
    >
      {() => (
        <Choices
          legend={t.order}
          options={SORTS.map((value) => ({ value, text: t.orders[value] }))}
          chosen={sort}
          onChoose={(value) => actions?.navigate({ ...view, sort: value, task: '', cursor: '' }, 'push')}
        />
      )}
    </Popover>
  );
}

/** Works as a link alone: what is asked for is a page of its own. */
function SaveChip() {
  const { t, state, rights } = useApp();
  const view = state.view.value;
  if (!rights.mayChange || !isFiltered(view)) return null;
  return (
    <a class="chip" href={`./saved?${buildMatchParams(view, '')}`}>
      {t.saveSearch}
    </a>
  );
}

function Count() {
  const { t, f, state } = useApp();
  const total = state.total.value;
  const all = state.allTasks.value;
  if (!total) return <p class="total" />;
  const shown = total.isExact ? f.number(total.count) : t.atLeast(f.number(total.count));
  const text =
    isFiltered({ ...EMPTY_VIEW, ...state.view.value }) && all !== undefined
      ? t.ofTotal(shown, f.number(all))
      : t.tasks(total.count, shown);
  return <p class="total">{text}</p>;
}

/** A month, and how many of its tasks are shown. */
import { isFiltered } from '../view/url.ts';
import { useApp } from './app.ts';

export function MonthTitle({ month, count }: { month: string; count: number }) {
  const { t, f, state } = useApp();
  const counted = isFiltered(state.shownView.value) ? t.hits : t.tasks;
  return (
    <>
      {f.month(month)} <small>{counted(count, f.number(count))}</small>
    </>
  );
}

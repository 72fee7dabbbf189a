/** The month that is at the top of the window, while its heading is above it. Only in the browser, and only to be seen. */
import { useApp } from './app.ts';
import { MonthTitle } from './MonthTitle.tsx';

export function StickyHeading() {
  const heading = useApp().state.stickyHeading.value;
  if (!heading) return null;
  const { month, count, shift } = heading;
  return (
    <div class="sticky-heading" aria-hidden="true">
      <p class="section-title" style={{ transform: `translateY(${shift}px)` }}>
        <MonthTitle month={month} count={count} />
      </p>
    </div>
  );
}

/** What stands at the ends of the wall: new tasks above it, and without a script the way to older ones. */
import { linkTo } from '../view/url.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';

export function NewTasksPill() {
  const { t, state, actions } = useApp();
  const count = state.newTasks.value;
  if (count === 0) return null;
  return (
    <button type="button" class="pill" onClick={() => actions?.scrollToTop()}>
      <Icon name="arrow-up" size={16} />
      {t.newTasks(count)}
    </button>
  );
}

export function OlderLink() {
  const { t, state } = useApp();
  const cursor = state.nextCursor;
  const view = state.view.value;
  if (cursor === null && view.cursor === '') return null;
  return (
    <nav class="older no-js-only" aria-label={t.older}>
      {view.cursor !== '' && <a href={linkTo({ ...view, cursor: '', task: '' })}>{t.newest}</a>}
      {cursor !== null && (
        <a href={linkTo({ ...view, cursor, task: '' })} rel="next">
          {t.older}
        </a>
      )}
    </nav>
  );
}

/** The marks of the open task: to be read, or to be changed as soon as the controls are loaded. */
import type { MarksView, TaskDetails } from '../view/data.ts';
import { NO_MARKS, RATINGS } from '../view/marks.ts';
import { EMPTY_VIEW } from '../view/url.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { ViewLink } from './ViewLink.tsx';

export function Marks({ details: { id, marks } }: { details: TaskDetails }) {
  const { t, state, actions, rights } = useApp();
  const Editor = state.markControls.value?.MarksEditor;
  const shown = marks ?? NO_MARKS;
  if (rights.mayChange && actions && Editor)
    return (
      <section class="marks is-editable" aria-label={t.marks}>
        <Editor key={id} id={id} marks={shown} />
      </section>
    );
  if (!rights.mayChange && !marks) return null;
  // As high as the controls, so that these move nothing.
  return (
    <section class={`marks${rights.mayChange ? ' is-editable' : ''}`} aria-label={t.marks}>
      <MarkTexts marks={shown} />
    </section>
  );
}

function MarkTexts({ marks: { starred, rating, tags, note, hidden } }: { marks: MarksView }) {
  const { t } = useApp();
  return (
    <>
      <p class="marks-line">
        {starred && (
          <span class="is-starred">
            <Icon name="star" size={16} /> {t.starred}
          </span>
        )}
        {rating > 0 && (
          <span>
            {t.rated(rating)}{' '}
            <span aria-hidden="true">{RATINGS.map((value) => (value <= rating ? '★' : '☆'))}</span>
          </span>
        )}
        {hidden && (
          <span>
            <Icon name="eye-off" size={16} /> {t.hidden}
          </span>
        )}
      </p>
      {tags.length > 0 && (
        <ul class="tags" aria-label={t.tags}>
          {tags.map((tag) => (
            <li key={tag} class="tag">
              <TagLink tag={tag} />
            </li>
          ))}
        </ul>
      )}
      {note !== '' && (
        <p class="note" dir="auto">
          {note}
        </p>
      )}
    </>
  );
}

/** Leads to all tasks with a tag. */
export function TagLink({ tag }: { tag: string }) {
  return <ViewLink view={{ ...EMPTY_VIEW, tag: [tag] }}>{tag}</ViewLink>;
}

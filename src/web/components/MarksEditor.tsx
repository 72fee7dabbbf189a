/** The controls of a task's marks: each saves at once, but for the note. Loaded with the first task that is opened. */
import { useEffect, useRef } from 'preact/hooks';
import type { MarksView } from '../view/data.ts';
import { RATINGS } from '../view/marks.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { TagLink } from './Marks.tsx';
import { NoteField } from './NoteField.tsx';
import { TagInput } from './TagInput.tsx';

interface Props {
  readonly id: string;
  readonly marks: MarksView;
}

export function MarksEditor({ id, marks }: Props) {
  const { t, state, actions } = useApp();
  const root = useRef<HTMLDivElement>(null);
  const wanted = state.editedMark.value;
  useEffect(() => {
    if (wanted !== 'tags' && wanted !== 'note') return;
    state.editedMark.value = undefined;
    root.current?.querySelector<HTMLElement>(wanted === 'tags' ? '.tag-input input' : 'textarea')?.focus();
  }, [wanted]);
  const { starred, hidden, tags } = marks;
  return (
    <div ref={root} class="marks-editor">
      <div class="marks-line">
        <button
          type="button"
          class={`icon-button${starred ? ' is-starred' : ''}`}
          aria-pressed={starred}
          aria-label={t.star}
          title={starred ? t.unstar : t.star}
          onClick={() => actions?.mark({ starred: !starred }, id)}
        >
          <Icon name="star" />
        </button>
        <Rating id={id} rating={marks.rating} />
        <button
          type="button"
          class="button"
          aria-pressed={hidden}
          onClick={() => actions?.mark({ hidden: !hidden }, id)}
        >
          <Icon name="eye-off" size={16} />
          {hidden ? t.unhide : t.hide}
        </button>
      </div>
      <div class="tags">
        <ul aria-label={t.tags}>
          {tags.map((tag) => (
            <li key={tag} class="tag">
              <TagLink tag={tag} />
              <button
                type="button"
                aria-label={t.remove(tag)}
                onClick={() => actions?.mark({ removeTags: [tag] }, id)}
              >
                <Icon name="x" size={14} />
              </button>
            </li>
          ))}
        </ul>
        <TagInput tags={tags} onAdd={(tag) => actions?.mark({ addTags: [tag] }, id)} />
      </div>
      <NoteField id={id} note={marks.note} />
      {/* Below an open dialog nothing is read out. */}
      <p class="visually-hidden" role="status">
        {state.announcement.value}
      </p>
    </div>
  );
}

function Rating({ id, rating }: { id: string; rating: number }) {
  const { t, actions } = useApp();
  return (
    <fieldset class="rating">
      <legend class="visually-hidden">{t.rating}</legend>
      {[0, ...RATINGS].map((value) => (
        <label key={value} class={value > 0 && value <= rating ? 'is-on' : ''} title={t.rated(value)}>
          <input
            type="radio"
            name={`rating-${id}`}
            value={value}
            checked={value === rating}
            aria-label={t.rated(value)}
            onChange={() => actions?.mark({ rating: value }, id)}
          />
          <span aria-hidden="true">{value === 0 ? '–' : value <= rating ? '★' : '☆'}</span>
        </label>
      ))}
    </fieldset>
  );
}

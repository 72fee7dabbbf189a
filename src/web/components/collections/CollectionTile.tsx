/** A picture of a collection, or the gap of a task that is gone, and what can be done with it. */
import { SQUARE } from '../../../task/ratio.ts';
import { getRatioClass } from '../../layout/ratio-classes.ts';
import { cutText, MAX_ALT_LENGTH } from '../../view/cut-text.ts';
import type { CollectionEntry, TileData } from '../../view/data.ts';
import { EMPTY_VIEW, linkTo } from '../../view/url.ts';
import { MarkBadge } from '../MarkBadge.tsx';
import { type Shell, useShell } from '../shell.ts';
import { EntryMenu } from './EntryMenu.tsx';
import { EntryPicture, explainMissing, Reason } from './EntryPicture.tsx';
import { useCollections } from './state.ts';

interface Props {
  readonly entry: CollectionEntry;
  /** From 0. */
  readonly index: number;
  /** Whether it was chosen as the cover. */
  readonly isCover: boolean;
  /** Whether the Tab key reaches it; undefined without a script: it reaches all. */
  readonly isFocused: boolean | undefined;
}

export function CollectionTile({ entry: { id, task }, index, isCover, isFocused }: Props) {
  const shell = useShell();
  const { texts, state } = useCollections();
  const drag = state.drag.value;
  const side = drag?.target?.id === id ? drag.target.side : undefined;
  const classes = [
    ...[
      'tile',
      'collection-tile',
      getRatioClass(task?.ratio ?? SQUARE),
      task ? `is-${task.state}` : 'is-gap',
    ],
    ...(drag?.id === id ? ['is-dragged'] : []),
    ...(side ? [`is-drop-${side}`] : []),
  ];
  const name = task ? describeTask(shell, task) : texts.gap;
  const shared = {
    class: `frame${task && explainMissing(shell.t, task) === undefined ? '' : ' has-reason'}`,
    'data-id': id,
    tabIndex: isFocused === undefined ? undefined : isFocused ? 0 : -1,
    'aria-label': [name, ...(isCover ? [texts.cover] : [])].join(', '),
  };
  return (
    <li class={classes.join(' ')}>
      {task ? (
        <a {...shared} href={linkTo({ ...EMPTY_VIEW, task: id })} draggable={false}>
          <EntryPicture task={task} />
          {task.marks && (
            <span class="badges">
              <MarkBadge marks={task.marks} />
            </span>
          )}
        </a>
      ) : (
        <div {...shared} role="img">
          <Reason icon="image-off" text={texts.gap} />
        </div>
      )}
      {isCover && (
        <span class="badge badge-cover" aria-hidden="true">
          {texts.cover}
        </span>
      )}
      {shell.rights.mayChange && (
        <EntryMenu id={id} index={index} name={name} isCover={isCover} isGap={task === null} />
      )}
    </li>
  );
}

/** What a screen reader says of it. */
function describeTask({ t }: Shell, task: TileData): string {
  const reason = explainMissing(t, task);
  const prompt = task.prompt === '' ? t.noPrompt : cutText(task.prompt, MAX_ALT_LENGTH);
  return [
    ...(reason === undefined ? [] : [reason]),
    prompt,
    ...(task.kind === 'video' ? [t.video] : []),
    ...(task.marks?.starred ? [t.starred] : []),
    ...(task.marks && task.marks.rating > 0 ? [t.rated(task.marks.rating)] : []),
    ...(task.marks?.hidden ? [t.hidden] : []),
  ].join(', ');
}

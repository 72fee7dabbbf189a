/** A picture of a collection, or the gap of a task that is gone, and what can be done with it. */
import { SQUARE } from '../../../task/ratio.ts';
import { getRatioClass } from '../../layout/ratio-classes.ts';
import { cutText, MAX_ALT_LENGTH } from '../../view/cut-text.ts';
import type { CollectionEntry, TileData } from '../../view/data.ts';
import { EMPTY_VIEW, linkTo } from '../../view/url.ts';
import { Icon } from '../Icon.tsx';
import { MarkBadge } from '../MarkBadge.tsx';
import { type Shell, useShell } from '../shell.ts';
import { Thumb } from '../Thumb.tsx';
import { EntryMenu } from './EntryMenu.tsx';
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
    class: `frame${task && getPicture(task) ? '' : ' has-reason'}`,
    'data-id': id,
    tabIndex: isFocused === undefined ? undefined : isFocused ? 0 : -1,
    'aria-label': [name, ...(isCover ? [texts.cover] : [])].join(', '),
  };
  return (
    <li class={classes.join(' ')}>
      {task ? (
        <a {...shared} href={linkTo({ ...EMPTY_VIEW, task: id })} draggable={false}>
          <Picture task={task} />
          {task.marks && (
            <span class="badges">
              <MarkBadge marks={task.marks} />
            </span>
          )}
        </a>
      ) : (
        <div {...shared} role="img">
          <span class="reason">
            <Icon name="image-off" />
            <b>{texts.gap}</b>
          </span>
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

function Picture({ task }: { task: TileData }) {
  const { t } = useShell();
  const sha256 = getPicture(task);
  if (sha256 !== undefined) return <Thumb sha256={sha256} resolution={640} alt="" isLazy />;
  const icon = { failed: 'circle-alert', pending: 'loader-circle', succeeded: 'image-off' } as const;
  return (
    <span class={`reason${task.state === 'pending' ? ' is-busy' : ''}`}>
      <Icon name={icon[task.state]} />
      <b>{explain(t, task)}</b>
    </span>
  );
}

/** Its hash; undefined where there is none, or not yet. */
function getPicture({ state, sha256 }: TileData): string | undefined {
  return state === 'succeeded' && sha256 !== null ? sha256 : undefined;
}

function explain(t: Shell['t'], { state }: TileData): string {
  return { pending: t.generating, failed: t.failed, succeeded: t.notKept }[state];
}

/** What a screen reader says of it. */
function describeTask({ t }: Shell, task: TileData): string {
  const prompt = task.prompt === '' ? t.noPrompt : cutText(task.prompt, MAX_ALT_LENGTH);
  return [
    ...(getPicture(task) === undefined ? [explain(t, task)] : []),
    prompt,
    ...(task.kind === 'video' ? [t.video] : []),
    ...(task.marks?.starred ? [t.starred] : []),
    ...(task.marks && task.marks.rating > 0 ? [t.rated(task.marks.rating)] : []),
    ...(task.marks?.hidden ? [t.hidden] : []),
  ].join(', ');
}

/** The picture of a task, with its neighbours. */
import { useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { cutText, MAX_ALT_LENGTH } from '../view/cut-text.ts';
import type { TaskDetails } from '../view/data.ts';
import { type OpenTask, useApp } from './app.ts';
import { fitPicture } from './fit-picture.ts';
import { Icon, type IconName } from './Icon.tsx';
import { hasFailed } from './picture-failure.ts';
import { SaveLink } from './SaveLink.tsx';
import { Strip } from './Strip.tsx';
import { Thumb } from './Thumb.tsx';
import { isPlainClick, ViewLink } from './ViewLink.tsx';

interface Props {
  readonly task: OpenTask;
  /** Undefined while they are loaded. */
  readonly details: TaskDetails | undefined;
}

export function TaskStage({ task, details }: Props) {
  const { t, f, state, actions } = useApp();
  const view = state.view.value;
  const shown = useSignal(0);
  useEffect(() => {
    shown.value = 0;
  }, [task.id]);
  const pictures = details ? [...details.images, ...details.videos] : [];
  const { place } = task;
  const where =
    place === undefined
      ? ''
      : place.month === undefined || place.count === undefined
        ? t.positionInSearch(f.number(place.index + 1))
        : t.position(f.number(place.index + 1), f.number(place.count), f.month(place.month));
  return (
    <div class="stage">
      <header class="stage-bar">
        <ViewLink view={{ ...view, task: '' }} class="icon-button" title={t.back}>
          <Icon name="arrow-left" />
          <span class="visually-hidden">{t.back}</span>
        </ViewLink>
        <span class="muted stage-where">{where}</span>
        {details && (
          <span class="stage-tools">
            <SaveLink details={details} shown={shown.value} class="icon-button" />
            <button
              type="button"
              class="icon-button js-only"
              data-key-action="zoom"
              title={t.zoom}
              aria-label={t.zoom}
            >
              <Icon name="zoom-in" />
            </button>
            <button
              type="button"
              class="icon-button js-only"
              data-key-action="full-screen"
              title={t.fullScreen}
              aria-label={t.fullScreen}
            >
              <Icon name="maximize" />
            </button>
          </span>
        )}
      </header>
      <div class="stage-middle">
        <Arrow to="previous" icon="chevron-left" id={task.previous} />
        <div class="stage-picture" id="stage-picture" data-task={task.id}>
          <Shown task={task} details={details} at={shown.value} />
        </div>
        <Arrow to="next" icon="chevron-right" id={task.next} />
      </div>
      {pictures.length + (details?.inputs.length ?? 0) > 1 && (
        <div class="stage-pictures" role="group" aria-label={t.result}>
          {pictures.map((picture, at) => (
            <button
              key={picture.url}
              type="button"
              class={at === shown.value ? 'is-active' : ''}
              aria-pressed={at === shown.value}
              aria-label={t.pictureOf(f.number(at + 1), f.number(pictures.length))}
              onClick={() => {
                shown.value = at;
              }}
            >
              {picture.local && 'width' in picture.local ? (
                <Thumb sha256={picture.local.sha256} resolution={320} alt="" />
              ) : (
                <Icon name={picture.local ? 'play' : 'image-off'} />
              )}
            </button>
          ))}
        </div>
      )}
      <Strip tiles={task.strip} current={task.id} onOpen={(id) => actions?.openTask(id)} />
    </div>
  );
}

function Arrow({ to, icon, id }: { to: 'previous' | 'next'; icon: IconName; id: string | undefined }) {
  const { t, state, actions } = useApp();
  if (id === undefined) return <span class="arrow is-absent" />;
  const view = { ...state.view.value, task: id };
  return (
    <span class={`arrow arrow-${to}`}>
      <a
        class="round-button"
        href={`./?${new URLSearchParams({ task: view.task })}`}
        aria-label={t[to]}
        title={t[to]}
        onClick={(event) => {
          if (!actions || !isPlainClick(event)) return;
          event.preventDefault();
          actions.moveTask(to);
        }}
      >
        <Icon name={icon} />
      </a>
    </span>
  );
}

/** A picture, a video, or why there is neither. */
function Shown({ task, details, at }: Props & { at: number }) {
  const { t, actions } = useApp();
  const image = details?.images[at];
  const video = details?.videos[at - details.images.length];
  const input = details?.inputs[0];
  const failed = useSignal<string | undefined>(undefined);
  const sha256 = (image ?? video)?.local?.sha256;
  const check = useCallback(
    (element: HTMLImageElement | HTMLVideoElement | null) => {
      if (element && hasFailed(element)) failed.value = sha256;
    },
    [sha256],
  );
  const isDamaged = sha256 !== undefined && failed.value === sha256;
  const watch = {
    ref: check,
    onError: () => {
      failed.value = sha256;
    },
  };
  const picture = details ? image?.local : task.preview;
  if (picture && !isDamaged)
    return (
      <>
        {input?.local && (
          <figure class="input-picture">
            <Thumb sha256={input.local.sha256} resolution={640} alt={t.inputImage} />
            <figcaption>{t.inputImage}</figcaption>
          </figure>
        )}
        {/* The same element for the preview: browsers show it until the picture itself is loaded. */}
        <img
          {...watch}
          key={picture.sha256}
          class="large-picture"
          src={'src' in picture ? picture.src : `./images/${picture.sha256}`}
          width={picture.width}
          height={picture.height}
          style={actions && fitPicture(picture, 'fullWidth' in picture ? picture.fullWidth : picture.width)}
          alt={details ? cutText(details.prompt, MAX_ALT_LENGTH) : ''}
          draggable={false}
        />
      </>
    );
  if (video?.local && !isDamaged)
    return (
      <video
        {...watch}
        key={video.local.sha256}
        src={`./images/${video.local.sha256}`}
        controls
        loop
        playsInline
      />
    );
  if (!details) return null;
  const [icon, title, text] = isDamaged
    ? (['image-off', t.damaged, ''] as const)
    : explainAbsence(details, t);
  const link = (image ?? video)?.url;
  return (
    <p class={`absent is-${details.state}`}>
      <Icon name={icon} size={28} />
      <b>{title}</b>
      <span>{text}</span>
      {link !== undefined && (
        <a href={link} rel="noreferrer noopener" target="_blank">
          {t.vendorLink} <Icon name="external-link" size={14} />
        </a>
      )}
    </p>
  );
}

function explainAbsence(details: TaskDetails, t: ReturnType<typeof useApp>['t']): [IconName, string, string] {
  if (details.state === 'pending')
    return ['loader-circle', t.generating, details.fetched_at === null ? t.placeholder : ''];
  if (details.state === 'failed') return ['circle-alert', t.failed, details.error ?? ''];
  return ['image-off', t.notArchived, ''];
}

/** One task on the wall: its picture, or why there is none. */
import { Component } from 'preact';
import { decodeRatio } from '../../task/ratio.ts';
import { getRatioClass } from '../layout/ratio-classes.ts';
import { cutText, MAX_ALT_LENGTH } from '../view/cut-text.ts';
import type { MarksView, TileData } from '../view/data.ts';
import { linkTo } from '../view/url.ts';
import type { App, VisibleTile } from './app.ts';
import { Icon } from './Icon.tsx';
import { MarkBadge } from './MarkBadge.tsx';
import { MarkedText } from './MarkedText.tsx';
import { hasFailed } from './picture-failure.ts';
import { VideoFrame } from './VideoFrame.tsx';
import { isPlainClick } from './ViewLink.tsx';

interface Props extends Omit<VisibleTile, 'key'> {
  readonly app: App;
  /** The `key` of the tile, which Preact keeps to itself. */
  readonly tileKey: string;
  readonly isSelected: boolean;
  /** Whether the Tab key reaches it. */
  readonly isFocused: boolean;
  readonly hasCaption: boolean;
  readonly withPicture: boolean;
  /** The first rows are loaded first. */
  readonly isFirst: boolean;
}

interface State {
  /** Hash of a picture that could not be loaded. */
  readonly damaged?: string | undefined;
  /** Whether the mouse or the focus is on it, and what it shows is told. */
  readonly isActive?: boolean;
}

/** Narrower tiles have no caption. Pixels. */
const MIN_CAPTION_WIDTH = 120;
/** Pictures in the page before its script knows the width of a tile. */
const ROW_HEIGHTS = [
  ['(max-width: 559px)', 86],
  ['(max-width: 999px)', 150],
] as const;
const LARGEST_ROW = 196;
const THUMB_WIDTHS = [320, 640, 960] as const;

/** A class, because only what changed is rendered: ninety tiles move with every few rows that are scrolled. */
export class Tile extends Component<Props, State> {
  private shown: string | undefined;

  override shouldComponentUpdate(next: Props, state: State): boolean {
    const now = this.props;
    return (
      state.damaged !== this.state.damaged ||
      state.isActive !== this.state.isActive ||
      next.tile !== now.tile ||
      next.state !== now.state ||
      next.ratio !== now.ratio ||
      next.index !== now.index ||
      next.count !== now.count ||
      next.isSelected !== now.isSelected ||
      next.isFocused !== now.isFocused ||
      next.hasCaption !== now.hasCaption ||
      next.withPicture !== now.withPicture ||
      !isSamePlace(next.place, now.place)
    );
  }

  /** What was missing may be there again. */
  override componentDidUpdate(before: Props): void {
    if (before.tile !== this.props.tile && this.state.damaged !== undefined)
      this.setState({ damaged: undefined });
  }

  /** The picture may have failed before the script has taken over the page. */
  private readonly checkPicture = (element: HTMLImageElement | HTMLVideoElement | null): void => {
    if (element && hasFailed(element)) this.markDamaged();
  };

  private readonly markDamaged = (): void => {
    const sha256 = this.props.tile?.sha256;
    if (sha256) this.setState({ damaged: sha256 });
  };

  private readonly activate = (): void => this.setState({ isActive: true });

  private readonly deactivate = (): void => this.setState({ isActive: false });

  override render() {
    const { app, tile, place, ratio, index, count, isSelected, isFocused, hasCaption, ...props } = this.props;
    const { t, f, state, actions } = app;
    const classes = [
      'tile',
      getRatioClass(ratio),
      `is-${props.state}`,
      isSelected ? 'is-selected' : '',
      tile?.match === 'close' ? 'is-close' : '',
    ];
    const style = place && {
      transform: `translate(${place.x}px, ${place.y}px)`,
      width: `${place.width}px`,
      height: `${place.height}px`,
    };
    const id = tile?.id;
    const reason = tile && this.explain(tile);
    const view = id === undefined ? undefined : { ...state.shownView.peek(), task: id };
    const content = tile && this.renderContent(tile, reason);
    return (
      <li
        class={classes.join(' ')}
        style={style}
        aria-posinset={index + 1}
        aria-setsize={count}
        onMouseEnter={this.activate}
        onMouseLeave={this.deactivate}
      >
        <a
          class={`frame${content?.type === Reason ? ' has-reason' : ''}`}
          href={view ? linkTo(view) : './'}
          data-key={this.props.tileKey}
          data-id={id}
          tabIndex={isFocused ? 0 : -1}
          aria-label={tile ? describeTile(app, tile, reason) : t.loading}
          style={tile?.color && place ? { backgroundColor: tile.color } : undefined}
          onFocus={this.activate}
          onBlur={this.deactivate}
          onClick={(event) => {
            if (!actions || id === undefined) return;
            const isSelecting =
              event.shiftKey || event.ctrlKey || event.metaKey || state.selectedCount.peek() > 0;
            if (
              event.button === 0 &&
              isSelecting &&
              (event.shiftKey || isPlainClick(event) || event.ctrlKey || event.metaKey)
            ) {
              event.preventDefault();
              actions.select(id, event.shiftKey);
            } else if (isPlainClick(event)) {
              event.preventDefault();
              actions.openTask(id);
            }
          }}
        >
          {content}
          {/* Not before it is seen: a wall has many tiles. */}
          {this.state.isActive && tile && reason === undefined && (
            <span class="tile-info" aria-hidden="true">
              <span class="tile-prompt">{cutText(tile.prompt, MAX_ALT_LENGTH)}</span>{' '}
              <span class="tile-facts">{listFacts(app, tile)}</span>
            </span>
          )}{' '}
          {tile && (tile.marks || tile.group) && (
            <span class="badges">
              {tile.marks && <MarkBadge marks={tile.marks} />}
              {tile.group && tile.group.count > 1 && (
                <span class="badge" title={t.samePromptCount(f.number(tile.group.count))}>
                  <Icon name="layers" size={14} />
                  {f.number(tile.group.count)}
                </span>
              )}
            </span>
          )}
        </a>
        {id !== undefined && (
          <button
            type="button"
            class="tick js-only"
            tabIndex={-1}
            aria-label={t.select}
            aria-pressed={isSelected}
            onClick={(event) => actions?.select(id, event.shiftKey)}
          />
        )}
        {hasCaption && tile && (place?.width ?? MIN_CAPTION_WIDTH) >= MIN_CAPTION_WIDTH && (
          <p class="caption" aria-hidden="true">
            <MarkedText text={tile.prompt} marks={tile.highlights} />
          </p>
        )}
      </li>
    );
  }

  /** Why there is no picture. */
  private explain({ state, sha256 }: TileData): string | undefined {
    const { t } = this.props.app;
    if (state === 'pending') return t.generating;
    if (state === 'failed') return t.failed;
    if (sha256 === null) return t.notKept;
    return this.state.damaged === sha256 ? t.damaged : undefined;
  }

  private renderContent(tile: TileData, title: string | undefined) {
    const { place } = this.props;
    if (title !== undefined) {
      const isFailed = tile.state === 'failed';
      const icon = isFailed ? 'circle-alert' : tile.state === 'pending' ? 'loader-circle' : 'image-off';
      const text = cutText(isFailed ? (tile.error ?? '') : tile.prompt, MAX_ALT_LENGTH);
      return <Reason icon={icon} title={title} text={text} isBusy={tile.state === 'pending'} />;
    }
    if (tile.sha256 === null) return null;
    // What is shown stays, however fast the wall moves.
    if (!this.props.withPicture && this.shown !== tile.sha256) return null;
    this.shown = tile.sha256;
    if (tile.kind === 'video')
      return <VideoFrame sha256={tile.sha256} check={this.checkPicture} onError={this.markDamaged} />;
    return this.renderPicture(tile, tile.sha256, place?.width);
  }

  private renderPicture(tile: TileData, sha256: string, width: number | undefined) {
    const { isFirst, ratio } = this.props;
    const widths = listThumbWidths(width ?? scale(ratio, LARGEST_ROW));
    const sizes =
      width === undefined
        ? [
            ...ROW_HEIGHTS.map(([when, height]) => `${when} ${scale(ratio, height)}px`),
            `${scale(ratio, LARGEST_ROW)}px`,
          ].join(', ')
        : `${Math.ceil(width)}px`;
    return (
      <img
        key={sha256}
        src={`./thumbs/${sha256}?w=${THUMB_WIDTHS[0]}`}
        srcset={
          widths.length > 1
            ? widths.map((each) => `./thumbs/${sha256}?w=${each} ${each}w`).join(', ')
            : undefined
        }
        sizes={widths.length > 1 ? sizes : undefined}
        alt={cutText(tile.prompt, MAX_ALT_LENGTH)}
        decoding="async"
        fetchpriority={isFirst ? 'high' : undefined}
        draggable={false}
        ref={this.checkPicture}
        onError={this.markDamaged}
      />
    );
  }
}

function Reason({
  icon,
  title,
  text,
  isBusy = false,
}: {
  icon: Parameters<typeof Icon>[0]['name'];
  title: string;
  text: string;
  isBusy?: boolean;
}) {
  return (
    <span class={`reason${isBusy ? ' is-busy' : ''}`}>
      <Icon name={icon} size={18} />
      {/* The space is for those who hear both. */}
      <b>{title}</b> <span class="reason-text">{text}</span>
    </span>
  );
}

/** What a screen reader says of it: first what is seen, so that it can be said to a computer. */
function describeTile(app: App, tile: TileData, reason: string | undefined): string {
  const { t, f } = app;
  const prompt = tile.prompt === '' ? t.noPrompt : cutText(tile.prompt, MAX_ALT_LENGTH);
  const differs = [
    ...(tile.missing?.length ? [t.missing(tile.missing.join(', '))] : []),
    ...[...(tile.corrected ?? []), ...(tile.word_form ?? [])].map(({ from, to }) => t.corrected(from, to)),
  ];
  const kind = tile.kind === 'video' ? [t.video] : [];
  return [
    ...(reason === undefined ? [] : [reason]),
    ...(tile.error ? [cutText(tile.error, MAX_ALT_LENGTH)] : []),
    prompt,
    listFacts(app, tile),
    ...(tile.group && tile.group.count > 1 ? [t.samePromptCount(f.number(tile.group.count))] : []),
    ...kind,
    ...(tile.marks ? listMarks(app, tile.marks) : []),
    ...differs,
  ].join(', ');
}

function listMarks({ t }: App, { starred, rating, hidden }: MarksView): string[] {
  return [
    ...(starred ? [t.starred] : []),
    ...(rating > 0 ? [t.rated(rating)] : []),
    ...(hidden ? [t.hidden] : []),
  ];
}

function listFacts({ f }: App, { model, size, created_at }: TileData): string {
  return [model, size, f.dayAndMonth(created_at)].filter(Boolean).join(' · ');
}

/** @param width of a tile, in CSS pixels @returns the widths of thumbnails that screens of up to two pixels a CSS pixel need */
function listThumbWidths(width: number): readonly number[] {
  const enough = THUMB_WIDTHS.findIndex((each) => each >= 2 * width);
  return enough < 0 ? THUMB_WIDTHS : THUMB_WIDTHS.slice(0, enough + 1);
}

function scale(ratio: number, height: number): number {
  return Math.ceil(decodeRatio(ratio) * height * 1.1);
}

function isSamePlace(a: Props['place'], b: Props['place']): boolean {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      a.x === b.x &&
      a.y === b.y &&
      a.width === b.width &&
      a.height === b.height)
  );
}

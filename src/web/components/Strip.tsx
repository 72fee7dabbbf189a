/** Small pictures in one line. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { getRatioClass } from '../layout/ratio-classes.ts';
import { cutText, MAX_ALT_LENGTH } from '../view/cut-text.ts';
import type { TileData } from '../view/data.ts';
import { useApp } from './app.ts';
import { TilePicture } from './TilePicture.tsx';
import { isPlainClick } from './ViewLink.tsx';

interface Props {
  readonly tiles: readonly TileData[];
  readonly current?: string;
  readonly onOpen: (id: string) => void;
  readonly label?: string;
}

export function Strip({ tiles, current, onOpen, label }: Props) {
  const { t, actions } = useApp();
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const element = list.current?.querySelector<HTMLElement>('[aria-current]')?.parentElement;
    // Not by scrollIntoView, which would scroll the page as well.
    if (list.current && element)
      list.current.scrollLeft =
        element.offsetLeft - list.current.offsetLeft - (list.current.clientWidth - element.offsetWidth) / 2;
  }, [current, tiles]);
  if (tiles.length === 0) return null;
  return (
    <ul class="strip" ref={list} aria-label={label ?? t.wall}>
      {tiles.map((tile) => (
        <li key={tile.id} class={getRatioClass(tile.ratio)}>
          <a
            href={`./?${new URLSearchParams({ task: tile.id })}`}
            aria-label={cutText(tile.prompt, MAX_ALT_LENGTH) || t.noPrompt}
            aria-current={tile.id === current ? 'true' : undefined}
            title={cutText(tile.prompt, MAX_ALT_LENGTH)}
            onClick={(event) => {
              if (!actions || !isPlainClick(event)) return;
              event.preventDefault();
              onOpen(tile.id);
            }}
          >
            <TilePicture tile={tile} height={72} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The small picture of a task, or why there is none. */
import { decodeRatio } from '../../task/ratio.ts';
import type { TileData } from '../view/data.ts';
import { Icon } from './Icon.tsx';
import { Thumb } from './Thumb.tsx';

/** @param height pixels that it takes */
export function TilePicture({ tile, height }: { tile: TileData; height: number }) {
  const { sha256, kind, ratio, state } = tile;
  if (sha256 !== null && kind === 'image')
    return (
      <Thumb
        sha256={sha256}
        resolution={320}
        alt=""
        width={Math.round(decodeRatio(ratio) * height)}
        height={height}
      />
    );
  const icons = { failed: 'circle-alert', pending: 'loader-circle', succeeded: 'image-off' } as const;
  return <Icon name={icons[state]} />;
}

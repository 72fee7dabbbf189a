/** The picture of a task as it is seen: on the wall, and on the stage. */
import type { PicturePreview } from '../components/app.ts';
import type { TileData } from '../view/data.ts';

/** The picture of its tile, if it is loaded. */
export function findTilePicture(id: string): HTMLImageElement | undefined {
  const picture = document.querySelector<HTMLImageElement>(`.tile .frame[data-id="${CSS.escape(id)}"] > img`);
  return picture && isLoaded(picture) ? picture : undefined;
}

/** What is shown of a task until its own picture is loaded. */
export function createPreview({ id, sha256, size }: TileData): PicturePreview | undefined {
  const picture = findTilePicture(id);
  if (!picture || sha256 === null) return undefined;
  const asked = /^(\d+)x\d+$/.exec(size ?? '')?.[1];
  return {
    ...{ sha256, src: picture.currentSrc, width: picture.naturalWidth, height: picture.naturalHeight },
    fullWidth: readSmallWidth(picture) ?? (asked === undefined ? undefined : Number(asked)),
  };
}

/** The width of a file that is not as wide as its thumbnail might be. */
function readSmallWidth({ currentSrc, srcset, sizes, naturalWidth }: HTMLImageElement): number | undefined {
  const limit = Number(new URL(currentSrc).searchParams.get('w'));
  // Among several thumbnails, browsers tell the width at the density for which they have chosen.
  const width = Math.round(srcset === '' ? naturalWidth : (naturalWidth * limit) / Number.parseFloat(sizes));
  return width < limit ? width : undefined;
}

/** The large picture, unless it is zoomed beyond the stage. It has its size before it is loaded. */
export function findStagePicture(): HTMLImageElement | undefined {
  const picture = document.querySelector<HTMLImageElement>('#stage-picture > .large-picture');
  const stage = picture?.parentElement?.getBoundingClientRect();
  if (!picture || !stage) return undefined;
  const { width, height } = picture.getBoundingClientRect();
  return width > 0 && width <= stage.width + 1 && height <= stage.height + 1 ? picture : undefined;
}

function isLoaded({ complete, naturalWidth }: HTMLImageElement): boolean {
  return complete && naturalWidth > 0;
}

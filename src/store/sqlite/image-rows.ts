/** Archived images as rows, and what is read of them. */
import type { ArchivedImage, KnownImage } from '../contract/images.ts';

/** An archived image as a row. */
export type ImageRow<T extends ArchivedImage = ArchivedImage> = {
  [Name in keyof T]: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};

export type KnownImageRow = ImageRow & { isMissing: 0 | 1 };

/** The columns of an ImageRow. */
export const IMAGE = `images.sha256 AS sha256, images.media_type AS mediaType, images.bytes AS bytes, images.width AS width,
  images.height AS height, images.thumbhash AS thumbhash`;
/** The columns of a KnownImageRow. */
export const KNOWN_IMAGE = `${IMAGE}, images.missing_since IS NOT NULL AS isMissing`;
export function mapImage<Row extends ImageRow>(row: Row) {
  const { width, height, thumbhash } = row;
  return {
    ...row,
    width: width ?? undefined,
    height: height ?? undefined,
    thumbhash: thumbhash ?? undefined,
  };
}

export function mapKnownImage({ isMissing, ...row }: KnownImageRow): KnownImage {
  return { ...mapImage(row), ...(isMissing === 1 ? { isMissing: true } : {}) };
}

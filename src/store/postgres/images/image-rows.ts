/** Archived images as rows, and what is read of them. */
import type { ArchivedImage, KnownImage } from '../../contract/images.ts';

/** An archived image as a row. */
export type ImageRow = {
  [Name in keyof ArchivedImage]: undefined extends ArchivedImage[Name]
    ? Exclude<ArchivedImage[Name], undefined> | null
    : ArchivedImage[Name];
};

export type KnownImageRow = ImageRow & { isMissing: boolean };

/** The columns of an ImageRow. */
export const IMAGE = `images.sha256 AS sha256, images.media_type AS "mediaType", images.bytes AS bytes, images.width AS width,
  images.height AS height, images.thumbhash AS thumbhash`;
/** The columns of a KnownImageRow. */
export const KNOWN_IMAGE = `${IMAGE}, images.missing_since IS NOT NULL AS "isMissing"`;

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
  return { ...mapImage(row), ...(isMissing ? { isMissing: true } : {}) };
}

/** The size of the large picture before it is loaded: as large as fits on the stage, and not larger than it is. */

/** @param maxWidth its own width, if that is known; pixels */
export function fitPicture(
  { width, height }: { readonly width: number; readonly height: number },
  maxWidth: number | undefined,
) {
  const fitting = `100cqw, ${(100 * width) / height}cqh`;
  return {
    width: `min(${maxWidth === undefined ? '' : `${maxWidth}px, `}${fitting})`,
    aspectRatio: `${width} / ${height}`,
  };
}

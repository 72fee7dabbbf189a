/** Why an image could not be archived; the message is shown to people and grouped by, so it names no address. */
export class ImageFailure extends Error {
  override readonly name = 'ImageFailure';
}

/** Why an image could not be archived. The message is shown to people and used for grouping, so it contains no URL. */
export class ImageFailure extends Error {
  override readonly name = 'ImageFailure';
}

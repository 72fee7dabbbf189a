/** Why an image could not be archived. The message is shown to people and used for grouping, so it contains no URL. */
export class ImageFailure extends Error {
  override readonly name: string = 'ImageFailure';
}

/** Its host failed, as it would for other images: no connection, no answer in time, or an error of its own. */
export class HostFailure extends ImageFailure {
  override readonly name = 'HostFailure';
  constructor(
    message: string,
    /** How long the host asks to wait. */
    readonly retryAfterMs?: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

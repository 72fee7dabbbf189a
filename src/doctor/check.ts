/** What a check of the doctor finds. */

export interface Finding {
  /** `database`, `images` … */
  readonly about: string;
  /** `note` is worth knowing, `problem` must be mended. */
  readonly kind: 'ok' | 'note' | 'problem';
  readonly message: string;
}

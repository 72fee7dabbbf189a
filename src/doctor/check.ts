/** A finding of a doctor check. */

export interface Finding {
  /** `database`, `images` … */
  readonly about: string;
  /** `note` is worth knowing, `problem` must be fixed. */
  readonly kind: 'ok' | 'note' | 'problem';
  readonly message: string;
}

/** What the page of a public link shows. Nothing else reaches it. */

export interface SharedCollection {
  readonly name: string;
  /** Empty: none. */
  readonly note: string;
  /** Tasks, with gaps. */
  readonly count: number;
  readonly items: readonly SharedItem[];
  /** Of the first item of this page; from 1. */
  readonly firstNumber: number;
  readonly isFirstPage: boolean;
  /** The address of the next page, if there is one. */
  readonly next: string | undefined;
}

export interface SharedItem {
  /** Empty for a task that is no longer in the mirror. */
  readonly pictures: readonly SharedPicture[];
  /** Why there are no pictures. */
  readonly reason: 'gap' | 'notArchived' | 'videoNotShown' | undefined;
  /** Undefined if the link shows no prompts. */
  readonly text: { readonly prompt: string; readonly facts: string } | undefined;
}

export interface SharedPicture {
  readonly sha256: string;
  readonly kind: 'image' | 'video';
  /** Pixels. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** Changes of marks as requests have them. */
import type { MarkChange } from './marks.ts';

export interface MarkChangeJson {
  readonly starred?: boolean | undefined;
  readonly rating?: number | undefined;
  readonly tags?: string[] | undefined;
  readonly add_tags?: string[] | undefined;
  readonly remove_tags?: string[] | undefined;
  readonly note?: string | undefined;
  readonly hidden?: boolean | undefined;
}

export function serializeMarkChange({ tags, addTags, removeTags, ...change }: MarkChange): MarkChangeJson {
  return {
    ...change,
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(addTags === undefined ? {} : { add_tags: [...addTags] }),
    ...(removeTags === undefined ? {} : { remove_tags: [...removeTags] }),
  };
}

/** @param json of a valid change */
export function parseMarkChange({ add_tags, remove_tags, ...json }: MarkChangeJson): MarkChange {
  return {
    ...(json as MarkChange), // parsed JSON has no undefined members
    ...(add_tags === undefined ? {} : { addTags: add_tags }),
    ...(remove_tags === undefined ? {} : { removeTags: remove_tags }),
  };
}

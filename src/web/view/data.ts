/** What the pages get from the mirror, in the shapes of its API. */
import type { TaskState } from '../../task/state.ts';

/** A hit with `fields=tile`. */
export interface TileData {
  readonly id: string;
  readonly state: TaskState;
  readonly created_at: string;
  /** At most 300 characters around the first match. */
  readonly prompt: string;
  readonly cut_start: number;
  readonly highlights: readonly (readonly [number, number])[];
  readonly model: string | null;
  readonly size: string | null;
  readonly action: string | null;
  readonly kind: 'image' | 'video';
  /** Number of images. */
  readonly images: number;
  readonly sha256: string | null;
  readonly media_type: string | null;
  /** See task/ratio.ts. */
  readonly ratio: number;
  readonly color: string | null;
  readonly error: string | null;
  readonly group?: { readonly count: number } | undefined;
  readonly match: 'exact' | 'close';
  readonly missing?: readonly string[] | undefined;
  readonly corrected?: readonly WordChange[] | undefined;
  readonly word_form?: readonly WordChange[] | undefined;
}

export interface WordChange {
  readonly from: string;
  readonly to: string;
}

/** `GET /api/wall/months`. */
export interface MonthCount {
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** `GET /api/wall/layout`. */
export interface LayoutData {
  readonly month: string;
  readonly count: number;
  /** Base64, a byte a tile. */
  readonly ratios: string;
  /** Base64, two bits a tile. */
  readonly states: string;
  readonly cursors: readonly string[];
}

/** `GET /api/wall/place`. */
export interface PlaceData {
  readonly id: string;
  readonly month: string;
  readonly index: number;
  readonly count: number;
  readonly previous: string | null;
  readonly next: string | null;
}

/** `GET /api/search?fields=tile`. */
export interface TilePage extends SearchInfo {
  readonly items: readonly TileData[];
  readonly next_cursor: string | null;
}

/** What a search says about itself. */
export interface SearchInfo {
  readonly total: number;
  readonly total_is_exact: boolean;
  readonly close_total: number | null;
  readonly optional_words: readonly string[];
  readonly notes: readonly string[];
  readonly understood: readonly { readonly text: string; readonly as: string }[];
  readonly did_you_mean: readonly {
    readonly query: string;
    readonly reason: string;
    readonly total: number;
  }[];
  readonly without: readonly {
    readonly part: string;
    readonly query: string;
    readonly total: number;
    readonly total_is_exact: boolean;
  }[];
}

/** `GET /api/facets`, the lists. */
export interface FacetData {
  readonly total: number;
  readonly counted_at: string;
  readonly model: readonly FacetValue[];
  readonly size: readonly FacetValue[];
  readonly action: readonly FacetValue[];
  readonly state: readonly FacetValue[];
}

export interface FacetValue {
  readonly value: string | null;
  readonly count: number;
}

/** How the mirror does, for the sentence beside the search box. */
export interface Health {
  readonly state: 'ok' | 'offline' | 'unreachable' | 'full' | 'other';
  /** When the last run ended. */
  readonly synced_at: string | null;
  /** Since when the upstream has not answered. */
  readonly since: string | null;
  /** What is wrong, as `/readyz` says it. */
  readonly problems: readonly string[];
}

/** An archived picture or video. */
export interface LocalFile {
  readonly url: string;
  readonly sha256: string;
  readonly media_type: string;
  readonly bytes: number;
}

export interface TaskPicture {
  /** The vendor's link. */
  readonly url: string;
  readonly local: (LocalFile & { readonly width: number; readonly height: number }) | null;
}

export interface TaskVideo {
  readonly url: string;
  readonly seconds: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly local: LocalFile | null;
}

/** `GET /api/tasks/:id/details`. */
export interface TaskDetails {
  readonly id: string;
  readonly state: TaskState;
  readonly created_at: string;
  readonly finished_at: string | null;
  /** When the upstream last confirmed it; null while only the request is known. */
  readonly fetched_at: string | null;
  readonly prompt: string;
  readonly highlights: readonly (readonly [number, number])[];
  readonly model: string | null;
  readonly size: string | null;
  readonly action: string | null;
  readonly seed: number | string | null;
  readonly user_id: string | null;
  readonly application_id: string | null;
  /** Credits. */
  readonly cost: number | null;
  /** Seconds. */
  readonly elapsed: number | null;
  readonly error: string | null;
  readonly images: readonly TaskPicture[];
  readonly videos: readonly TaskVideo[];
  readonly inputs: readonly TaskPicture[];
  /** What was sent to the service, as JSON. */
  readonly request: string;
  /** The stored text, cut when it is long. */
  readonly document: string;
  readonly document_is_cut: boolean;
}

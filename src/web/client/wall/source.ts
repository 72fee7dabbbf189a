/** What the wall shows, in sections: how many tiles there are, their ratios and states, and those that are loaded. */
import type { TileData } from '../../view/data.ts';

export interface SourceSection {
  readonly key: string;
  readonly month: string | undefined;
  readonly title: 'month' | 'close' | undefined;
  readonly count: number;
  /** One byte a tile; undefined until they are loaded. */
  readonly ratios: Uint8Array | undefined;
  /** So many tiles at the start are new. */
  readonly lead: number;
  getState(index: number): TileData['state'];
  getTile(index: number): TileData | undefined;
}

/** A tile by its place. */
export interface TileAt {
  readonly section: number;
  readonly index: number;
}

/** Tiles that are near to what is seen. */
export interface WantedTiles {
  /** Index of the section. */
  readonly section: number;
  /** [first, end) */
  readonly first: number;
  readonly end: number;
}

export interface TileSource {
  readonly sections: readonly SourceSection[];
  /**
   * Loads what is missing of these, the nearest first, and stops loading anything else.
   * @param wanted in order of distance
   */
  want(wanted: readonly WantedTiles[]): void;
  /** Finds a loaded tile. */
  find(id: string): TileAt | undefined;
  /** Replaces loaded tiles. @param change returns the same tile where nothing changes */
  update(change: (tile: TileData) => TileData): void;
  /** The loaded tiles around one, in their order. */
  listAround(id: string, distance: number): TileData[];
  /** Loads again what is seen: it may have changed, and nobody said so. */
  markOutdated(): void;
  stop(): void;
}

/** What the tools ask a mirror: the server that they run in, a data directory, or a mirror elsewhere. */

/** Answered as the routes of the HTTP interface of these names answer. */
export type AskedRoute = 'search' | 'facets' | 'activity' | 'details' | 'similar';

export interface MirrorAccess {
  /**
   * A JSON text.
   * @param id of a task, or its beginning, for `details` and `similar`
   * @throws MirrorError
   */
  ask(route: AskedRoute, params: URLSearchParams, id?: string): Promise<string>;
  /** The stored text of a task. @throws MirrorError */
  readDocument(id: string): Promise<string>;
  /** A WebP of an archived image that is at least as wide, if the image is. @throws MirrorError */
  readThumbnail(sha256: string, width: number): Promise<Uint8Array>;
  /** Undefined if nothing may be changed. */
  readonly changes: MirrorChanges | undefined;
}

export interface MirrorChanges {
  /** @returns as `POST /api/tracked` @throws MirrorError */
  track(ids: readonly string[]): Promise<unknown>;
  /** Responds when the run is over. @returns as `POST /api/sync` @throws MirrorError */
  sync(): Promise<unknown>;
}

/** Why a mirror did not answer, in words for the caller. */
export class MirrorError extends Error {
  override readonly name = 'MirrorError';
}

/**
 * Describes one of the vendor's services: its paths, and which members of its task documents the mirror reads.
 * Plain data; the rules that interpret it are in `task/`.
 */

export interface Service {
  readonly name: string;
  /** The route that retrieves, lists and deletes tasks; reads use POST as well. */
  readonly taskPath: `/${string}`;
  /** The generation routes, by what they generate. Each request may be charged. */
  readonly generationPaths: Readonly<Record<string, `/${string}`>>;
  /** Members of a task document. */
  readonly members: {
    /** The generation request: an object. */
    readonly request: string;
    /** The service's response: an object. */
    readonly response: string;
    /** In the response: the array of results. */
    readonly results: string;
    /** In the request, and in every result. */
    readonly prompt: string;
    /** In a result: the link to the generated file. */
    readonly artifactUrl: string;
    /** In the request: the number of results requested; 1 if missing. */
    readonly count: string;
  };
  /** When a task is finished; `docs/states.md` has the rules in full. */
  readonly finished: {
    /** In the document and in the response: strings that name the state. */
    readonly statusMembers: readonly string[];
    /** In lower case. A word in neither list means pending. */
    readonly successWords: ReadonlySet<string>;
    readonly failureWords: ReadonlySet<string>;
    /** How long a result with fewer artifacts than requested may still be growing. */
    readonly lateArtifactsMs: number;
  };
}

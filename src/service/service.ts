/**
 * What one of the vendor's services is: its paths, and where its task documents hold what the mirror reads out of them.
 * Plain data; the rules that read it are in `task/`.
 */

export interface Service {
  readonly name: string;
  /** The route that retrieves, lists and deletes tasks. It reads by POST. */
  readonly taskPath: `/${string}`;
  /** The routes that generate, by what they generate. Each request can be charged. */
  readonly generationPaths: Readonly<Record<string, `/${string}`>>;
  /** Members of a task document. */
  readonly members: {
    /** What the caller asked for: an object. */
    readonly request: string;
    /** What the service answered: an object. */
    readonly response: string;
    /** Of the response: the array of results. */
    readonly results: string;
    /** Of the request, and of every result. */
    readonly prompt: string;
    /** Of a result: the link to the file that was generated. */
    readonly artifactUrl: string;
    /** Of the request: how many results were asked for; 1 where it is missing. */
    readonly count: string;
  };
  /** When a task is finished; `docs/states.md` has the rules in full. */
  readonly finished: {
    /** Of the document and of the response: strings that name the state. */
    readonly statusMembers: readonly string[];
    /** In lower case. Any word that is in neither list means pending. */
    readonly successWords: ReadonlySet<string>;
    readonly failureWords: ReadonlySet<string>;
    /** How long a result with fewer artifacts than were asked for may still be growing. */
    readonly lateArtifactsMs: number;
  };
}

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
    /** In the response: the array of results, or a single one. */
    readonly results: string;
    /** In the request, and in every result. */
    readonly prompt: string;
    /** In a result: the link to the generated file, by kind as in `generationPaths`. */
    readonly artifactUrls: Readonly<Record<string, string>>;
    /** In the request: the number of results requested; 1 if missing. */
    readonly count: string;
  };
  /** How to recognise a video request before it has a result. */
  readonly videoRequest: {
    /** Members that only video requests have. */
    readonly members: readonly string[];
    /** Prefix of the model name, in lower case. */
    readonly modelPrefix: string;
    /** In the request: links to pictures, each alone or as `[seconds, link]`. */
    readonly keyframes: string;
  };
  /** When a task is finished; `docs/states.md` has the rules in full. */
  readonly finished: {
    /** In the document or the response: set once when the task has ended; null or empty until then. */
    readonly timeMember: string;
    /** In the document, the response and the results: strings that name the state. */
    readonly statusMembers: readonly string[];
    /** In lower case. A word in neither list means pending. */
    readonly successWords: ReadonlySet<string>;
    readonly failureWords: ReadonlySet<string>;
    /** How long a result with fewer artifacts than requested may still be growing. */
    readonly lateArtifactsMs: number;
  };
}

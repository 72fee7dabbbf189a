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
    /** Of the response: the array of results, or the only one. */
    readonly results: string;
    /** In the request, and in every result. */
    readonly prompt: string;
    /** Of a result: the link to the file that was generated, by the kinds of `generationPaths`. */
    readonly artifactUrls: Readonly<Record<string, string>>;
    /** Of the request: how many results were asked for; 1 where it is missing. */
    readonly count: string;
  };
  /** By what a request for a video is known while there is no result. */
  readonly videoRequest: {
    /** Of the request; only videos have them. */
    readonly members: readonly string[];
    /** Of the model's name, in lower case. */
    readonly modelPrefix: string;
    /** Of the request: links to pictures, alone or as `[seconds, link]`. */
    readonly keyframes: string;
  };
  /** When a task is finished; `docs/states.md` has the rules in full. */
  readonly finished: {
    /** Of the document or the response: written once, when the task has ended; null or empty until then. */
    readonly timeMember: string;
    /** Of the document, the response and the results: strings that name the state. */
    readonly statusMembers: readonly string[];
    /** In lower case. A word in neither list means pending. */
    readonly successWords: ReadonlySet<string>;
    readonly failureWords: ReadonlySet<string>;
    /** How long a result with fewer artifacts than requested may still be growing. */
    readonly lateArtifactsMs: number;
  };
}

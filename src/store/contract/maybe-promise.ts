/** What a store returns: at once, or later. */
export type MaybePromise<T> = T | Promise<T>;

/** SQLite is synchronous: the contract's functions without promises. */
type Answer<Result> = Exclude<Result, Promise<unknown>>;

/** A part of the contract whose functions return their results directly. */
export type Synchronous<Contract> = {
  [Name in keyof Contract]: Contract[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Answer<Result>
    : never;
};

/** SQLite answers at once: the contract's functions without their promises. */
type Answer<Result> = Exclude<Result, Promise<unknown>>;

/** What a part of the contract is where nothing has to be waited for. */
export type Synchronous<Contract> = {
  [Name in keyof Contract]: Contract[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Answer<Result>
    : never;
};

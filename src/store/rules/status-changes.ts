/** Tells of what concerns the mirror as a whole. */
import type { StatusChange } from '../contract/changes.ts';
import type { Store } from '../contract/store.ts';

const WATCHED = ['track', 'untrack', 'startRun', 'endRun', 'openCircuit', 'closeCircuit'] as const;
type WatchedName = (typeof WATCHED)[number];

/** Wraps the functions after which the status differs; false means that nothing has changed. */
export function announceStatus<Functions extends Pick<Store, WatchedName>>(
  functions: Functions,
  emit: (change: StatusChange) => void,
): Functions {
  const announce = (result: unknown) => {
    if (result !== false) emit({ kind: 'status' });
    return result;
  };
  const wrap =
    (run: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      const result = run(...args);
      return result instanceof Promise ? result.then(announce) : announce(result);
    };
  return { ...functions, ...Object.fromEntries(WATCHED.map((name) => [name, wrap(functions[name])])) };
}

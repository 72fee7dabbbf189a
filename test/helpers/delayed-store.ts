/** A store whose answers take a turn of the event loop each way, like those of a database on another machine. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../src/store/contract/store.ts';

/** The same store; every call that answers once reaches it a turn later, and is answered a turn after that. */
export function delayStore(store: Store): Store {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || name === 'stream') return value;
      return async (...args: unknown[]) => {
        await setImmediate();
        const answer: unknown = await value(...args);
        await setImmediate();
        return answer;
      };
    },
  });
}

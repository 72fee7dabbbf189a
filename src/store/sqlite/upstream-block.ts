/** Why, and until when, the upstream is left alone. Stored, so that a restart does not forget a `Retry-After`. */
import { z } from 'zod';
import type { Block } from '../contract/upstream-block.ts';
import type { Facts } from './facts.ts';

const blockSchema = z.object({
  untilMs: z.number(),
  reason: z.enum(['rate-limited', 'rejected', 'unreachable']),
  message: z.string(),
  times: z.number(),
});

export interface BlockStore {
  block(block: Block): void;
  unblock(): void;
  blocked(): Block | undefined;
}

export function createBlockStore(facts: Facts): BlockStore {
  return {
    block: (block) => facts.set('block', JSON.stringify(block)),
    unblock: () => facts.clear('block'),
    blocked: () => {
      const stored = facts.get('block');
      return stored === undefined ? undefined : blockSchema.parse(JSON.parse(stored));
    },
  };
}

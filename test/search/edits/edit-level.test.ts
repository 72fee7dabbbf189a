import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DatedPrompt, findEditLevel } from '../../../src/search/edits/edit-level.ts';

/** Prompts in the order of time. */
function dated(...prompts: string[]): DatedPrompt[] {
  return prompts.map((prompt, at) => ({ id: `task-${at}`, prompt, firstUsedMs: at * 1000 }));
}

function levelOf(nodes: readonly DatedPrompt[], at: number) {
  const source = nodes[at] as DatedPrompt;
  const { cameFrom, ledTo } = findEditLevel(
    source,
    nodes.filter((node) => node !== source),
  );
  return { cameFrom: cameFrom?.node.prompt, ledTo: ledTo.map(({ node }) => node.prompt) };
}

describe('the edits of a prompt', () => {
  const nodes = dated(
    'a cat on a roof at night',
    'a white cat on a roof at night',
    'a white cat on a roof at night, watercolour',
    'a dog on a roof at night',
    'an aerial photo of a harbour',
  );

  test('come from the earlier prompt that is most like it, and lead to those that come from it', () => {
    expect(levelOf(nodes, 0)).toEqual({ cameFrom: undefined, ledTo: [nodes[1]?.prompt, nodes[3]?.prompt] });
    expect(levelOf(nodes, 1)).toEqual({ cameFrom: nodes[0]?.prompt, ledTo: [nodes[2]?.prompt] });
    expect(levelOf(nodes, 2)).toEqual({ cameFrom: nodes[1]?.prompt, ledTo: [] });
  });

  test('are none of prompts that share little', () => {
    expect(levelOf(nodes, 4)).toEqual({ cameFrom: undefined, ledTo: [] });
  });

  test('come from the latest of equally similar ones, and never from the same prompt', () => {
    const same = dated('a cat on a roof', 'roof on a cat a', 'a cat on a roof', 'a white cat on a roof');
    expect(levelOf(same, 3).cameFrom).toBe('a cat on a roof');
    expect(levelOf(same, 2).cameFrom).toBe('roof on a cat a');
  });

  test('of Chinese prompts are found by neighbouring characters', () => {
    const chinese = dated('一只白色的猫坐在屋顶上', '一只黑色的猫坐在屋顶上', '城市的夜景航拍');
    expect(levelOf(chinese, 0).ledTo).toEqual([chinese[1]?.prompt]);
    expect(levelOf(chinese, 2)).toEqual({ cameFrom: undefined, ledTo: [] });
  });

  test('are a tree: what comes from a prompt is what that leads to, whatever the times', () => {
    const words = fc.array(fc.constantFrom('cat', 'dog', 'roof', 'night', 'red', 'sea'), {
      minLength: 1,
      maxLength: 5,
    });
    const prompts = fc.uniqueArray(
      words.map((list) => list.join(' ')),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(prompts, fc.array(fc.nat({ max: 3 }), { maxLength: 12 }), (texts, times) => {
        const all = dated(...texts).map((node, at) => ({ ...node, firstUsedMs: times[at] ?? 0 }));
        for (const node of all) {
          const others = (one: DatedPrompt) => all.filter((other) => other !== one);
          const { cameFrom, ledTo } = findEditLevel(node, others(node));
          for (const edit of ledTo)
            expect(findEditLevel(edit.node, others(edit.node)).cameFrom?.node).toBe(node);
          if (cameFrom)
            expect(
              findEditLevel(cameFrom.node, others(cameFrom.node)).ledTo.map((edit) => edit.node),
            ).toContain(node);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** What was changed between two prompts. Not by colour alone: what was removed is struck through, what was added is underlined. */
import { type DiffPart, shortenDiff } from '../../view/shorten-diff.ts';
import { usePromptTexts } from './use-prompt-texts.ts';

export function Diff({ diff }: { diff: readonly DiffPart[] }) {
  const p = usePromptTexts();
  return (
    <p class="prompt-text" dir="auto">
      {shortenDiff(diff).map(({ kind, text }, at) => {
        if (kind === 'same') return <span key={at}>{text}</span>;
        const Change = kind === 'removed' ? 'del' : 'ins';
        return (
          <Change key={at}>
            {/* Many screen readers say nothing of such elements. */}
            <span class="visually-hidden"> {p[kind]} </span>
            {text}
          </Change>
        );
      })}
    </p>
  );
}

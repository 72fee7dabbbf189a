/** A prompt, whole; a long one is folded after some lines, and unfolds without a script. */
import type { ComponentChildren } from 'preact';
import { cutText } from '../../view/cut-text.ts';
import { MAX_SHOWN_PROMPT, needsFold } from '../../view/prompt-fold.ts';
import { Icon } from '../Icon.tsx';
import { MarkedText } from '../MarkedText.tsx';
import { useShell } from '../shell.ts';
import { usePromptTexts } from './use-prompt-texts.ts';

interface PromptTextProps {
  readonly prompt: string;
  readonly highlights?: readonly (readonly [number, number])[];
}

export function PromptText({ prompt, highlights = [] }: PromptTextProps) {
  const { t } = useShell();
  if (prompt === '') return <p class="muted">{t.noPrompt}</p>;
  const shown = cutText(prompt, MAX_SHOWN_PROMPT);
  return (
    <p class={`prompt-text${needsFold(prompt) ? ' is-folded' : ''}`} dir="auto">
      <MarkedText text={shown} marks={highlights} />
      {shown.length < prompt.length && '…'}
    </p>
  );
}

/** What can be done with it; its item on the page has the text. */
export function PromptTools({ prompt, children }: { prompt: string; children?: ComponentChildren }) {
  const { t } = useShell();
  const p = usePromptTexts();
  return (
    <div class="prompt-tools">
      {needsFold(prompt) && (
        <details class="prompt-fold">
          <summary>
            <Icon name="chevron-down" size={15} />
            {p.fold}
          </summary>
        </details>
      )}
      {prompt !== '' && prompt.length <= MAX_SHOWN_PROMPT && (
        <button type="button" class="plain js-only" data-copy="">
          <Icon name="copy" size={15} />
          {t.copyPrompt}
        </button>
      )}
      {children}
    </div>
  );
}

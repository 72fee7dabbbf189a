/** The texts of the pages of prompts, in the page's language. */
import { PROMPT_TEXTS, type PromptTexts } from '../../view/i18n/prompts.ts';
import { useShell } from '../shell.ts';

export function usePromptTexts(): PromptTexts {
  return PROMPT_TEXTS[useShell().language];
}

/** The picture of a task, as the way to it, and the way to the history of its prompt. */
import { cutText, MAX_ALT_LENGTH } from '../../view/cut-text.ts';
import type { TileData } from '../../view/data.ts';
import { useShell } from '../shell.ts';
import { TilePicture } from '../TilePicture.tsx';
import { usePromptTexts } from './use-prompt-texts.ts';

/** Pixels. */
const HEIGHT = 96;

export function PictureLink({ tile }: { tile: TileData }) {
  const { t } = useShell();
  const p = usePromptTexts();
  return (
    <a
      class="prompt-picture"
      href={linkToTask(tile.id)}
      aria-label={`${p.open}: ${cutText(tile.prompt, MAX_ALT_LENGTH) || t.noPrompt}`}
    >
      <TilePicture tile={tile} height={HEIGHT} />
    </a>
  );
}

export function HistoryLink({ tile }: { tile: TileData }) {
  const p = usePromptTexts();
  return (
    <a
      href={`./history?${new URLSearchParams({ task: tile.id })}`}
      aria-label={`${p.history}: ${cutText(tile.prompt, MAX_ALT_LENGTH)}`}
    >
      {p.history}
    </a>
  );
}

/** All pages lie at one depth. */
export function linkToTask(id: string): string {
  return `./?${new URLSearchParams({ task: id })}`;
}

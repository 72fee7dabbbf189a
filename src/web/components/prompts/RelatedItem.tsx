/** A prompt or a picture that is related to the one that the page is about: a picture, a text, a date, and the way on. */
import type { ComponentChildren } from 'preact';
import type { EditChainView, PromptEdit } from '../../../views/prompts-schema.ts';
import { useShell } from '../shell.ts';
import { Diff } from './Diff.tsx';
import { PromptText, PromptTools } from './PromptText.tsx';
import { HistoryLink, PictureLink } from './TaskLink.tsx';
import { usePromptTexts } from './use-prompt-texts.ts';

type ChainLink = EditChainView['sources'][number];

/** With what was changed, from the earlier prompt to the later one. */
export function EditItem({ edit }: { edit: PromptEdit }) {
  const { f } = useShell();
  const p = usePromptTexts();
  return (
    <li class="prompt-item">
      <PictureLink tile={edit.task} />
      <div class="prompt-body">
        <Diff diff={edit.diff} />
        <ul class="prompt-facts muted">
          <li>
            <Time iso={edit.first_used_at}>{p.firstUsed(f.dateTime(edit.first_used_at))}</Time>
          </li>
          <li>{p.same(f.percent(Math.round(edit.similarity * 100) / 100))}</li>
        </ul>
        <div class="prompt-tools">
          <HistoryLink tile={edit.task} />
        </div>
      </div>
    </li>
  );
}

/** A task that has given a picture to this one, or got one of it. */
export function ChainItem({ link: { task } }: { link: ChainLink }) {
  const { f } = useShell();
  return (
    <li class="prompt-item">
      <PictureLink tile={task} />
      <div class="prompt-body">
        <PromptText prompt={task.prompt} />
        <ul class="prompt-facts muted">
          <li>
            <Time iso={task.created_at}>{f.dateTime(task.created_at)}</Time>
          </li>
          {task.model !== null && <li>{task.model}</li>}
        </ul>
        <PromptTools prompt="">{task.prompt !== '' && <HistoryLink tile={task} />}</PromptTools>
      </div>
    </li>
  );
}

function Time({ iso, children }: { iso: string; children: ComponentChildren }) {
  return <time dateTime={iso}>{children}</time>;
}

/** One prompt among others: its newest picture, how often, when and with which models it was used, and the best of its tasks. */
import type { PromptView } from '../../../views/prompts-schema.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { PromptText, PromptTools } from './PromptText.tsx';
import { HistoryLink, linkToTask, PictureLink } from './TaskLink.tsx';
import { usePromptTexts } from './use-prompt-texts.ts';

/** Of all that it was used with. */
const MAX_MODELS = 4;

export function PromptItem({ item }: { item: PromptView }) {
  const { f } = useShell();
  const p = usePromptTexts();
  const { prompt, highlights, task, count, models, best } = item;
  return (
    <li class="prompt-item">
      <PictureLink tile={task} />
      <div class="prompt-body">
        <PromptText prompt={prompt} highlights={highlights} />
        <ul class="prompt-facts muted">
          <li>{p.used(count, f.number(count))}</li>
          <li>{p.usedFromTo(f.date(item.first_used_at), f.date(item.last_used_at))}</li>
          {models.slice(0, MAX_MODELS).map(({ value, count: uses }) => (
            <li key={value}>{count === 1 ? value : p.modelCount(value ?? '–', f.number(uses))}</li>
          ))}
          {best && (
            <li>
              <a href={linkToTask(best.id)}>
                <Icon name="star" size={14} />
                {p.best(best.rating)}
              </a>
            </li>
          )}
        </ul>
        <PromptTools prompt={prompt}>{prompt !== '' && <HistoryLink tile={task} />}</PromptTools>
      </div>
    </li>
  );
}

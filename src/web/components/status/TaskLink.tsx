/** A task by the beginning of its id. */
import { EMPTY_VIEW, linkTo } from '../../view/url.ts';

const SHOWN = 8;

export function TaskLink({ id }: { id: string }) {
  return (
    <a class="task-link" href={linkTo({ ...EMPTY_VIEW, task: id })} title={id}>
      {id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : id}
    </a>
  );
}

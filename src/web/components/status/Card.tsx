/** A part of the status page: a title, a word at its right, and what it shows. */
import type { ComponentChildren } from 'preact';

interface Props {
  /** For links to it. */
  readonly id: string;
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Card({ id, title, aside, children, ...props }: Props) {
  return (
    <section class={`card ${props.class ?? ''}`.trim()} id={id} aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside !== undefined && <p class="muted">{aside}</p>}
      </header>
      {children}
    </section>
  );
}

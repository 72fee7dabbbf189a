/** A text with marked places. */

interface Props {
  readonly text: string;
  /** [start, end) in UTF-16 units, in any order. */
  readonly marks: readonly (readonly [number, number])[];
}

export function MarkedText({ text, marks }: Props) {
  const pieces = [];
  let at = 0;
  for (const [start, end] of [...marks].sort(([a], [b]) => a - b)) {
    if (end <= at || start >= text.length) continue;
    const from = Math.max(at, start);
    if (from > at) pieces.push(text.slice(at, from));
    pieces.push(<mark>{text.slice(from, end)}</mark>);
    at = end;
  }
  pieces.push(text.slice(at));
  return <>{pieces}</>;
}

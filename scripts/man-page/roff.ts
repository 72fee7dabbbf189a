/** The language of manual pages: man(7), as groff and mandoc read it. */

/** A text that is shown as it is, in one paragraph. */
export function escapeText(text: string): string {
  const escaped = text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('\\', '\\e')
    // A plain hyphen and these quotes would be set as typographic ones, and could not be copied.
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/[^\x20-\x7e]/gu, (character) => `\\[u${toHex(character)}]`);
  // At the beginning of a line they would be commands.
  return escaped.replace(/^(?=\.)/, '\\&');
}

/** Lines that keep their breaks and spaces. */
export function renderLiteral(text: string): string {
  const lines = text.split('\n').map((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const escaped = line
      .trim()
      .split(/( {2,})/)
      .map((part) => (/^ +$/.test(part) ? part : escapeText(part)));
    return escapeStart(`${indent}${escaped.join('')}`);
  });
  return ['.nf', ...lines, '.fi'].join('\n');
}

export function renderBold(text: string): string {
  return `\\fB${escapeText(text)}\\fR`;
}

export function renderSection(title: string, ...blocks: readonly string[]): string {
  return [`.SH ${title.toUpperCase()}`, ...openBlocks(blocks)].join('\n');
}

export function renderSubsection(title: string, ...blocks: readonly string[]): string {
  return [`.SS "${escapeText(title)}"`, ...openBlocks(blocks)].join('\n');
}

/** A term, and below it what it is. */
export function renderTerm(term: string, text: string): string {
  return ['.TP', renderBold(term), escapeText(text)].join('\n');
}

export function renderParagraph(text: string): string {
  return ['.PP', escapeText(text)].join('\n');
}

/** A line must not begin with what is a command of the language. */
function escapeStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** A heading begins a paragraph already. */
function openBlocks([first = '', ...others]: readonly string[]): string[] {
  return [first.replace(/^\.PP\n/, ''), ...others];
}

function toHex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

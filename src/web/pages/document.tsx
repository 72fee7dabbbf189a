/** The HTML document around a page. */
import type { ComponentChild } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { ScriptedPage } from '../bundle.ts';
import { LANGUAGE_TAGS, type Language } from '../view/i18n/dictionary.ts';
import type { Theme } from '../view/preferences.ts';

export interface DocumentOptions {
  readonly title: string;
  readonly language: Language;
  readonly theme: Theme;
  /** Addresses relative to the page: of the script and what it imports, the styles, the icon. */
  readonly assets: {
    /** Undefined: the page runs none. */
    readonly script: { readonly address: string; readonly imports: readonly string[] } | undefined;
    readonly styles: readonly string[];
    readonly icon: string;
  };
  /** Which part of the script runs, or `shared`. */
  readonly page: ScriptedPage | 'shared';
  readonly body: ComponentChild;
  /** For the script. */
  readonly data?: unknown;
  /** Whether its address is a secret: it is not told to other sites, nor listed by search engines. */
  readonly isSecret?: true;
}

/** The page is complete without its scripts, and seen sooner. The typings know no such attribute of scripts. */
const AFTER_PICTURES = { fetchpriority: 'low' } as const;

/** @returns the whole document; nothing in it needs `unsafe-inline` */
export function renderDocument({
  title,
  language,
  theme,
  assets,
  page,
  body,
  data,
  isSecret,
}: DocumentOptions): string {
  const { script } = assets;
  const html = renderToString(
    <html lang={LANGUAGE_TAGS[language]} data-theme={theme} data-page={page}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <meta name="referrer" content={isSecret ? 'no-referrer' : 'same-origin'} />
        {isSecret && <meta name="robots" content="noindex, nofollow" />}
        <title>{title}</title>
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        {assets.styles.map((address) => (
          <link key={address} rel="stylesheet" href={address} />
        ))}
        {script && <script {...AFTER_PICTURES} type="module" src={script.address} />}
        {script?.imports.map((address) => (
          <link {...AFTER_PICTURES} key={address} rel="modulepreload" href={address} />
        ))}
      </head>
      <body>
        <div id="page">{body}</div>
        {data !== undefined && (
          // Without a type that runs, it is no script for the content security policy.
          <script id="data" type="application/json" dangerouslySetInnerHTML={{ __html: escapeJson(data) }} />
        )}
      </body>
    </html>,
  );
  return `<!doctype html>${html}`;
}

/** JSON that can't end the element that it stands in. */
function escapeJson(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** Sends a page, under a content security policy that runs nothing but our own files. */
import { loadAssets } from '../../../web/assets.ts';
import type { Entries, ScriptedPage } from '../../../web/bundle.ts';
import { type DocumentOptions, renderDocument } from '../../../web/pages/document.tsx';
import type { Language } from '../../../web/view/i18n/dictionary.ts';
import type { ServerContext } from '../../deps.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** For pages that run none: not even ours. */
const SCRIPTLESS_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What decides how a page looks, and what is on it. */
export const VARY = 'accept, accept-encoding, accept-language, cookie, authorization';

/** What a token sees is stored by no shared cache. */
const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cache-control': 'private, no-cache',
  vary: VARY,
};

type PageStatus = 200 | 400 | 404 | 503;

/** Renders and sends a page. Its files are addressed relative to it: all pages with a script lie at one depth. */
export async function sendPage(
  c: ServerContext,
  options: Omit<DocumentOptions, 'assets' | 'page' | 'isSecret'> & { readonly page: ScriptedPage },
  status: PageStatus = 200,
): Promise<Response> {
  const { entries } = await loadAssets();
  const { name, imports } = entries.scripts[options.page];
  const own = findOwnFiles(entries, options.page, options.language);
  const texts = [entries.dictionaries[options.language], ...own.texts];
  const styles = [entries.styles, ...own.styles];
  const assets = {
    script: {
      address: `./assets/${name}`,
      imports: [...texts, ...imports].map((each) => `./assets/${each}`),
    },
    styles: styles.map((each) => `./assets/${each}`),
    icon: `./assets/${entries.icon}`,
  };
  return c.html(renderDocument({ ...options, assets }), status, HEADERS);
}

/** What a page loads besides what every page does. */
function findOwnFiles(
  entries: Entries,
  page: ScriptedPage,
  language: Language,
): { readonly texts: readonly string[]; readonly styles: readonly string[] } {
  switch (page) {
    case 'collections':
      return { texts: [entries.collectionTexts[language]], styles: [entries.collectionStyles] };
    case 'saved':
      return { texts: [entries.savedTexts[language]], styles: [entries.savedStyles] };
    case 'prompts':
      return { texts: [], styles: [entries.promptStyles] };
    default:
      return { texts: [], styles: [] };
  }
}

/** Renders and sends what a public link shows, one level below the other pages: without a script. */
export async function sendSharedPage(
  c: ServerContext,
  options: Omit<DocumentOptions, 'assets' | 'page' | 'data' | 'isSecret'>,
  status: PageStatus = 200,
): Promise<Response> {
  const { entries } = await loadAssets();
  const assets = {
    script: undefined,
    styles: [`../assets/${entries.sharedStyles}`],
    icon: `../assets/${entries.icon}`,
  };
  const html = renderDocument({ ...options, assets, page: 'shared', isSecret: true });
  return c.html(html, status, { ...HEADERS, 'content-security-policy': SCRIPTLESS_POLICY });
}

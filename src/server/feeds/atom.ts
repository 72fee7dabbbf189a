/** A feed as Atom. https://www.rfc-editor.org/rfc/rfc4287 */
import { VERSION } from '../../lib/version.ts';
import { escapeHtml, type Feed, type FeedItem } from './feed.ts';

export const ATOM_TYPE = 'application/atom+xml; charset=utf-8';

export function formatAtom(feed: Feed): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    formatElement('id', feed.id),
    formatElement('title', feed.title),
    formatElement('updated', feed.updated),
    '<author><name>flux-mirror</name></author>',
    formatTag('generator', { version: VERSION }, 'flux-mirror'),
    formatTag('link', { rel: 'self', type: 'application/atom+xml', href: feed.atomUrl }),
    formatTag('link', { rel: 'alternate', type: 'text/html', href: feed.homeUrl }),
    ...feed.items.map(formatEntry),
    '</feed>\n',
  ].join('\n');
}

function formatEntry({ id, url, title, created, html, files }: FeedItem): string {
  return [
    '<entry>',
    formatElement('id', id),
    formatElement('title', title),
    formatElement('published', created),
    formatElement('updated', created),
    formatTag('link', { rel: 'alternate', type: 'text/html', href: url }),
    ...files.map((file) =>
      formatTag('link', {
        ...{ rel: 'enclosure', type: file.mediaType, length: String(file.bytes) },
        href: file.url,
      }),
    ),
    formatTag('content', { type: 'html' }, html),
    '</entry>',
  ].join('\n');
}

function formatElement(name: string, text: string): string {
  return formatTag(name, {}, text);
}

function formatTag(name: string, attributes: Readonly<Record<string, string>>, text?: string): string {
  const listed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const opening = `<${name}${listed.join('')}`;
  return text === undefined ? `${opening}/>` : `${opening}>${escapeXml(text)}</${name}>`;
}

/** The entities of HTML that are used are those of XML, too. */
function escapeXml(text: string): string {
  return escapeHtml(text.toWellFormed().replace(FORBIDDEN, '\ufffd'));
}

/** XML has no way to write these, not even as references. https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

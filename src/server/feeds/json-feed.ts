/** A feed as JSON Feed 1.1. https://www.jsonfeed.org/version/1.1/ */
import type { Feed, FeedItem } from './feed.ts';

export const JSON_FEED_TYPE = 'application/feed+json; charset=utf-8';

export function formatJsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.homeUrl,
    feed_url: feed.jsonUrl,
    authors: [{ name: 'flux-mirror' }],
    items: feed.items.map(formatItem),
  });
}

function formatItem({ id, url, title, created, html, files }: FeedItem) {
  const image = files.find(({ thumbnailUrl }) => thumbnailUrl !== undefined);
  return {
    id,
    url,
    title,
    content_html: html,
    ...(image?.thumbnailUrl === undefined ? {} : { image: image.thumbnailUrl }),
    date_published: created,
    ...(files.length === 0
      ? {}
      : {
          attachments: files.map((file) => ({
            url: file.url,
            mime_type: file.mediaType,
            size_in_bytes: file.bytes,
          })),
        }),
  };
}

/** The texts of the page that a public link shows. Its reader loads no dictionary. */
import type { Language } from './dictionary.ts';

const en = {
  pictures: (count: number) => `${count.toLocaleString('en-GB')} ${count === 1 ? 'picture' : 'pictures'}`,
  /** In the place of a prompt. */
  picture: (number: number) => `Picture ${number}`,
  gap: 'This one is no longer here.',
  notArchived: 'There is no copy of this one.',
  videoNotShown: 'A video, which this link does not show.',
  empty: 'There is nothing in this collection yet.',
  first: 'Back to the beginning',
  next: 'More',
  page: 'Pages',
  unknownTitle: 'This link does not work',
  unknown: 'It may have been revoked, or is not complete. Ask whoever sent it to you.',
};

const zh: typeof en = {
  pictures: (count) => `${count.toLocaleString('zh-CN')} 张图片`,
  picture: (number) => `图片 ${number}`,
  gap: '这一项已不存在。',
  notArchived: '这一项没有存档。',
  videoNotShown: '一段视频，此链接不显示。',
  empty: '这个合集里还没有内容。',
  first: '回到开头',
  next: '更多',
  page: '分页',
  unknownTitle: '此链接无效',
  unknown: '它可能已被撤销，或者不完整。请向发送者确认。',
};

export const SHARED_TEXTS: Readonly<Record<Language, typeof en>> = { en, zh };

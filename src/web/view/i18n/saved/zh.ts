/** The texts about saved searches in Chinese. */
import type { SavedTexts } from './texts.ts';

export const zh: SavedTexts = {
  hint: '以名称保存的搜索会显示其中的新内容，也可以作为订阅源阅读。',
  empty: '还没有保存的搜索。',
  emptyHint: '搜索图片，然后选择“保存此搜索”。',
  notRead: '无法加载已保存的搜索。',

  create: '保存搜索',
  name: '名称',
  query: '搜索内容',
  save: '保存',
  saved: '已保存',

  isNew: (shown) => `${shown} 个新结果`,
  noneNew: '没有新结果',
  notCounted: '未计数：耗时过长',
  since: (time) => `上次查看：${time}`,
  onlyOf: (who) => `仅限 ${who} 的任务`,
  everything: '所有任务',

  edit: '编辑',
  editNamed: (name) => `编辑“${name}”`,
  delete: '删除',
  deleteNamed: (name) => `删除“${name}”`,
  deleteQuestion: (name) => `删除“${name}”？其订阅源和 Webhook 也会终止，且无法撤销。`,
  deleted: '已删除',

  feed: '订阅源',
  hasFeed: '订阅源已开启',
  feedOf: (name) => `“${name}”的订阅源`,
  feedHint: '供阅读器订阅的最新结果。持有地址的人无需令牌即可查看。',
  atom: 'Atom',
  json: 'JSON Feed',
  turnOn: '开启',
  feedOn: '订阅源已生效。',
  copied: '地址已复制。',
  renew: '更换地址',
  renewQuestion: '阅读器持有的地址将失效，由新地址取代。',
  renewed: '这是新地址，旧地址已失效。',
  revoke: '关闭',
  revokeQuestion: '阅读器持有的地址将永久失效。',
  revoked: '订阅源已关闭。',

  failed: (message) => `无法完成：${message}`,
  changedMeanwhile: '此搜索已被他人更改。现在显示的是最新内容；如仍需要，请重试。',
  goneMeanwhile: '此搜索已不存在。',
  notAllowed: '您的令牌只能读取。',
};

/** The texts about saved searches in English, a file of its own: other pages are read without them. */

export const en = {
  hint: 'A search that is kept under a name tells what is new in it, and can be read as a feed.',
  empty: 'No searches are saved yet.',
  emptyHint: 'Search for pictures and choose “Save this search”.',
  notRead: 'The saved searches could not be loaded.',

  create: 'Save a search',
  name: 'Name',
  query: 'Search',
  save: 'Save',
  saved: 'Saved',

  isNew: (shown: string) => `${shown} new`,
  noneNew: 'nothing new',
  notCounted: 'not counted: it takes too long',
  since: (time: string) => `last visit ${time}`,
  onlyOf: (who: string) => `only tasks of ${who}`,
  everything: 'all tasks',

  edit: 'Edit',
  editNamed: (name: string) => `Edit “${name}”`,
  delete: 'Delete',
  deleteNamed: (name: string) => `Delete “${name}”`,
  deleteQuestion: (name: string) =>
    `Delete “${name}”? Its feed and its webhooks end, too. This can’t be undone.`,
  deleted: 'Deleted',

  feed: 'Feed',
  hasFeed: 'Feed on',
  feedOf: (name: string) => `Feed of “${name}”`,
  feedHint: 'The newest hits for a feed reader. Whoever has the address sees them without a token.',
  atom: 'Atom',
  json: 'JSON Feed',
  turnOn: 'Turn on',
  feedOn: 'The feed works now.',
  copied: 'The address is copied.',
  renew: 'New addresses',
  renewQuestion: 'The addresses that feed readers have stop working, and new ones take their place.',
  renewed: 'These are the new addresses; the old ones work no more.',
  revoke: 'Turn off',
  revokeQuestion: 'The addresses that feed readers have stop working for good.',
  revoked: 'The feed is turned off.',

  failed: (message: string) => `This could not be done: ${message}`,
  changedMeanwhile:
    'Somebody else has changed this search. It is shown as it is now; do it again if you still want to.',
  goneMeanwhile: 'This saved search is not there any more.',
  notAllowed: 'Your token may only read.',
};

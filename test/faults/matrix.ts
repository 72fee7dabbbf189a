/**
 * Every fault that was thought of, with the tests that show what happens then. `npm run faults` runs them and prints the
 * table; docs/faults.md says more about the limits.
 */

export interface MatrixRow {
  readonly fault: string;
  /** What happens, as the tests show it. */
  readonly behaviour: string;
  /** Test files below `test/`, with what the names of the tests contain; all of them must pass. */
  readonly shownBy?: readonly (readonly [file: string, names: string])[];
  /** Not held, or not shown here: why. */
  readonly limit?: string;
}

export interface MatrixPart {
  readonly title: string;
  readonly rows: readonly MatrixRow[];
}

const MIRROR = 'mirror/faults.test.ts';
const MISSES = 'mirror/misses.test.ts';
const ERRORS = 'server/errors.test.ts';
const TASKS = 'server/flux-tasks.test.ts';
const RUN = 'sync/run.test.ts';
const SQLITE = 'store/sqlite/sqlite.test.ts';
const IMAGES = 'archive/archiver.test.ts';
const HOSTS = 'archive/hosts.test.ts';
const IMAGE_STORE = 'server/image-store.test.ts';
const AMBIGUOUS = 'server/ambiguous-bodies.test.ts';
const DECODER = 'archive/decoding/decoder.test.ts';
const GENERATE = 'generation/generate.test.ts';
const CONNECTIONS = 'server/connections.test.ts';
const CONTENT = 'faults/content.test.ts';
const TRANSPORT = 'faults/transport.test.ts';
const FUZZ = 'fuzz/fuzz.test.ts';
const DROP_IN = 'server/drop-in.test.ts';
const PAYMENT = 'server/payment.test.ts';
const REREAD = 'store/sqlite/reread.test.ts';
const ACCESS = 'server/access.test.ts';
const CRASH = 'crash/crash.test.ts';
const POWER = 'faults/power.test.ts';
const SWITCH = 'store/sqlite/recovery/swap.test.ts';
const OWNERS = 'faults/two-owners.test.ts';
const DISK = 'faults/disk-full.test.ts';
const SOAK = 'soak/soak.test.ts';
const POSTGRES_TROUBLE = 'store/postgres/trouble.test.ts';

/** The same three settings for each: known and finished, known and pending, unknown. */
const upstream = (fault: string, names: string, behaviour: string): MatrixRow => ({
  fault,
  behaviour: `stored tasks are served, the schedule recovers; unknown: ${behaviour}`,
  shownBy: [[MIRROR, `the upstream answers with ${names}`]],
});

export const MATRIX: readonly MatrixPart[] = [
  {
    title: 'process, disk, clock',
    rows: [
      {
        fault: 'kill -9 in a write',
        behaviour: 'nothing acknowledged is lost, the database is sound',
        shownBy: [[CRASH, 'lose nothing']],
      },
      {
        fault: 'a stop while documents are re-read after an upgrade',
        behaviour: 'the next start resumes; searches go on',
        shownBy: [[REREAD, 'a restart resumes']],
      },
      {
        fault: 'kill -9 in a migration',
        behaviour: 'wholly the old schema or the new',
        shownBy: [[POWER, 'kill in a migration']],
      },
      {
        fault: 'kill -9 in a restore or a rebuild',
        behaviour: 'the old state or the new one, whole; the old one can be restored',
        shownBy: [
          [SWITCH, 'a kill at any step'],
          [SWITCH, 'an interrupted swap'],
        ],
      },
      {
        fault: 'kill -9 in an image write',
        behaviour: 'no torn file; the image is fetched again',
        shownBy: [
          [IMAGES, 'a kill during an image download'],
          [CRASH, 'lose nothing'],
        ],
      },
      {
        fault: 'power loss',
        behaviour: 'a whole prefix of the commits',
        shownBy: [
          [POWER, 'whatever a power loss leaves'],
          [POWER, 'is synced to disk'],
        ],
      },
      {
        fault: 'disk full',
        behaviour: 'reads go on, writes 503, said once; over without a restart',
        shownBy: [
          [DISK, 'reads work, writes get 503'],
          [DISK, 'file size limit'],
          [IMAGES, 'stops at the size limit'],
        ],
      },
      {
        fault: 'read-only data directory',
        behaviour: 'one line that names the setting, exit 1',
        shownBy: [[POWER, 'can’t be written']],
      },
      {
        fault: 'database damaged',
        behaviour: 'no start, not a byte changed; restore or doctor --rebuild',
        shownBy: [
          ['store/sqlite/integrity/damage.test.ts', ''],
          ['store/sqlite/recovery/backup.test.ts', 'restore'],
        ],
      },
      {
        fault: 'database damaged while serving',
        behaviour: 'what it hit gets 503; /readyz, the metrics and the log say it',
        shownBy: [['faults/damage-while-serving.test.ts', '']],
        limit:
          'the text of a document is compared with its hash at the start and by doctor, not at every read',
      },
      {
        fault: 'one flipped bit',
        behaviour: 'found in every document',
        shownBy: [['store/sqlite/integrity/damage.test.ts', 'single bits']],
        limit: 'not in free room of pages, columns and index entries: no hash covers them',
      },
      {
        fault: 'a restore without the images',
        behaviour: 'reported; fetched again, not linked to meanwhile',
        shownBy: [['archive/find-missing.test.ts', 'archived images whose files are missing']],
      },
      {
        fault: 'image damaged or missing',
        behaviour: '404, never wrong bytes; fetched again; doctor finds it',
        shownBy: [
          ['server/images.test.ts', 'a damaged file'],
          ['server/images.test.ts', 'a file that vanishes'],
          ['server/images.test.ts', 'a thumbnail that is replaced'],
          ['archive/thumbnails.test.ts', 'passes over what is damaged'],
        ],
      },
      {
        fault: 'object store away, forbidden, overloaded, answering nonsense, or without its bucket',
        behaviour:
          'images are 503 and never taken for missing; all else is served; /readyz says why, without keys; recovers by itself',
        shownBy: [
          [IMAGE_STORE, 'while the object store is away'],
          ['object-store/object-store.test.ts', 'trouble'],
        ],
      },
      {
        fault: 'connection to the object store lost in the middle',
        behaviour:
          'a read goes on where it ended, an upload begins again; nothing counts as archived before it is confirmed',
        shownBy: [
          ['object-store/object-store.test.ts', 'a connection that is lost on the way'],
          ['object-store/object-store.test.ts', 'an upload that is cut off'],
          [IMAGE_STORE, 'no image counts as archived'],
        ],
      },
      {
        fault: 'kill between an upload and its record',
        behaviour: 'the image is archived again, once; what no task gets is removed an hour later',
        shownBy: [
          [IMAGE_STORE, 'a server that is killed between'],
          [IMAGE_STORE, 'what was uploaded for a task that is gone'],
        ],
      },
      {
        fault: 'the last task of an image removed while another one gets it',
        behaviour: 'its bytes stay for an hour, and are not removed while they are archived again',
        shownBy: [
          [SQLITE, 'images that no task has'],
          ['server/images.test.ts', 'leaves its bytes for an hour'],
        ],
      },
      {
        fault: 'another process holds the write lock',
        behaviour:
          'stored tasks, searches and /healthz stay prompt; writes wait 5 s, then 503, or the document is served without `stored`',
        shownBy: [
          ['faults/foreign-lock.test.ts', 'a foreign write lock'],
          ['faults/foreign-lock.test.ts', 'writes wait for a foreign lock'],
        ],
      },
      {
        fault: 'a backup made by someone else',
        behaviour:
          'triggers, views and other foreign schema objects are refused; revoked tokens stay revoked',
        shownBy: [['store/sqlite/recovery/hostile-backup.test.ts', '']],
      },
      {
        fault: 'a backup with forged rows or columns',
        behaviour: 'refused, or derived from its documents; limits of tokens hold',
        shownBy: [
          ['store/sqlite/recovery/unusable-rows.test.ts', ''],
          ['store/sqlite/recovery/derive-columns.test.ts', ''],
        ],
      },
      {
        fault: 'a backup with images that was cut off',
        behaviour: 'nothing is changed',
        shownBy: [['cli/backup-with-images.test.ts', 'cut off anywhere']],
      },
      {
        fault: 'clocks that go back or forward by an hour',
        behaviour: 'a nightly job runs once, a frequent one all the time',
        shownBy: [
          ['lib/cron.test.ts', 'an hour that comes twice'],
          ['lib/cron.test.ts', 'runs once, right after it'],
        ],
      },
      {
        fault: 'a start that fails after the server listens',
        behaviour: 'closes the port and the database, one line, exit 1 or 2',
        shownBy: [['faults/start-failure.test.ts', '']],
      },
      {
        fault: 'two processes on one directory',
        behaviour: 'one owner of ten; the others name it',
        shownBy: [
          [OWNERS, 'of ten concurrent starts'],
          [OWNERS, 'commands read and write'],
          [SWITCH, 'exclude each other'],
        ],
      },
      {
        fault: 'the owner opens its own files',
        behaviour: 'the lock holds',
        shownBy: [[OWNERS, 'keeps its lock']],
      },
      {
        fault: 'clock back, clock forward',
        behaviour: 'nothing given up, far times pulled in',
        shownBy: [
          [RUN, 'the clock jumped'],
          [RUN, 'a clock that is set'],
          [SQLITE, 'a clock was wrong'],
          ['sync/schedule.test.ts', 'a clock that is set'],
        ],
      },
      {
        fault: 'SIGTERM in a run',
        behaviour: 'requests in flight are completed, new ones get 503; exits within ten seconds',
        shownBy: [
          ['cli/serve.test.ts', 'shuts down gracefully on SIGTERM'],
          ['cli/serve.test.ts', 'SIGTERM aborts'],
          [CONNECTIONS, 'shutdown'],
        ],
      },
      {
        fault: 'event loop blocked',
        behaviour: 'measured: flux_mirror_event_loop_lag_seconds',
        shownBy: [
          ['server/metrics.test.ts', 'due ids, and stored documents'],
          [FUZZ, 'hostile requests'],
        ],
        limit: 'a batch of 1,000 large documents is joined at once; figures in docs/benchmarks.md',
      },
    ],
  },
  {
    title: 'upstream, transport',
    rows: [
      {
        fault: 'refused, no name, no TLS',
        behaviour: '502, no internals; the schedule backs off',
        shownBy: [
          [ERRORS, 'unreachable gives 502'],
          [TRANSPORT, 'without a connection'],
          [RUN, 'stops after three consecutive failures'],
        ],
      },
      upstream('reset before or in the body', 'a reset', '502'),
      {
        fault: 'no answer',
        behaviour: '502 at the timeout; the next is not kept waiting',
        shownBy: [
          [ERRORS, 'no response gives 502'],
          [MIRROR, 'nothing at all'],
          [TRANSPORT, 'holds no slot'],
        ],
      },
      upstream('slow drip', 'a slow drip', '502 at one total deadline'),
      {
        fault: '429 with Retry-After',
        behaviour: 'relayed; nobody asks before, also after a restart',
        shownBy: [
          [MIRROR, 'Retry-After'],
          [RUN, 'short rate limit'],
          [RUN, 'keeps a cooldown'],
          [SOAK, 'hours of schedule'],
        ],
      },
      {
        fault: '429 with a date, in the past, absurd',
        behaviour: 'believed up to an hour, else own back-off',
        shownBy: [
          [MIRROR, 'as a date'],
          ['upstream/retry.test.ts', ''],
        ],
      },
      upstream('500, 503', '50', 'relayed'),
      upstream('502 with HTML', '502 HTML', '502 in our shape'),
      {
        fault: '401, 403',
        behaviour: 'relayed; the run stops and /readyz names it',
        shownBy: [
          [MIRROR, 'answers with 40'],
          [RUN, 'stops at once on 40'],
          [TRANSPORT, 'a token that is rejected'],
          ['server/metrics.test.ts', 'the problems of /readyz'],
        ],
      },
      upstream('truncated JSON', 'truncated JSON', '502'),
      upstream('cut without a length', 'a cut without a length', '502'),
      {
        fault: 'redirect',
        behaviour: '502, never followed',
        shownBy: [
          [MIRROR, 'the upstream answers with a redirect'],
          [TRANSPORT, 'a redirect'],
        ],
      },
      {
        fault: 'the upstream returns after an hour',
        behaviour:
          'few requests meanwhile; asked again within five minutes, never more in flight than configured',
        shownBy: [
          [TRANSPORT, 'an outage of an hour'],
          [RUN, 'limits requests in flight'],
          [SOAK, 'hours of schedule'],
        ],
      },
    ],
  },
  {
    title: 'upstream, content',
    rows: [
      {
        fault: 'wrong shapes',
        behaviour: 'refused whole, nothing stored',
        shownBy: [
          [MIRROR, 'an array'],
          [MIRROR, 'a string'],
          [MIRROR, 'a number'],
          [MIRROR, 'items that are no array'],
          [MIRROR, 'nothing at all'],
        ],
      },
      {
        fault: 'items missing',
        behaviour: 'the others stored, the missing stay tracked',
        shownBy: [
          [TASKS, 'unknown ids left out'],
          [RUN, 'has not known for the configured time'],
        ],
      },
      {
        fault: 'unrequested and duplicate ids in a batch',
        behaviour: 'only what was asked, once',
        shownBy: [[MIRROR, 'other ids, duplicates']],
      },
      {
        fault: 'another id than asked',
        behaviour: '502, nothing stored',
        shownBy: [[ERRORS, 'another task gives 502']],
      },
      {
        fault: 'finished, then pending or other bytes',
        behaviour: 'the stored text stays, counted; `verify` shows the difference',
        shownBy: [
          [MIRROR, 'is not replaced'],
          [SQLITE, 'a finished document never changes'],
          ['verify/verify.test.ts', 'what was taken back'],
        ],
      },
      {
        fault: 'an older answer comes late',
        behaviour: 'never replaces a newer one',
        shownBy: [[MIRROR, 'does not replace a newer one']],
      },
      {
        fault: '200 MB, gzip bombs, in layers',
        behaviour: '502 at 32 MiB of decoded bytes',
        shownBy: [
          [MIRROR, 'the upstream answers with a gzip bomb'],
          [CONTENT, 'upstream responses over the limit'],
        ],
      },
      {
        fault: 'numbers beyond 2^53',
        behaviour: 'byte for byte',
        shownBy: [
          [TASKS, 'every spelling of numbers'],
          [SQLITE, 'any document text survives'],
        ],
      },
      {
        fault: 'escapes of NUL, of half a character',
        behaviour: 'byte for byte; found by the rest',
        shownBy: [[CONTENT, 'escapes of NUL']],
      },
      {
        fault: 'duplicate keys, __proto__',
        behaviour: 'text untouched, nothing polluted',
        shownBy: [[CONTENT, 'keeps its bytes and pollutes nothing']],
      },
      upstream('depth 10,000', 'deeply nested JSON', '502'),
      {
        fault: 'raw NUL, bad UTF-8, byte order mark',
        behaviour: 'refused, refused, read',
        shownBy: [
          [CONTENT, 'is rejected, and nothing is stored'],
          [CONTENT, 'byte order mark'],
        ],
      },
      {
        fault: 'a prompt of 100,000 characters',
        behaviour: 'stored, found by its last word',
        shownBy: [[CONTENT, '100,000 characters']],
      },
      {
        fault: 'images that are none, huge, cut',
        behaviour: 'no file; the reason is shown',
        shownBy: [[IMAGES, 'an invalid or incomplete image']],
      },
      {
        fault: 'a host of images that is slow',
        behaviour: 'two workers at most; given up below 1 KiB a second',
        shownBy: [[HOSTS, 'a slow host']],
      },
      {
        fault: 'a host of images that is down',
        behaviour: 'a few requests; one try per image and run, all others archived',
        shownBy: [
          [HOSTS, 'a host that is down'],
          [HOSTS, 'a stop gives back'],
        ],
      },
      {
        fault: 'pixel bombs: small files, gigabytes of pixels',
        behaviour: 'refused by their header; decoded elsewhere, killed after two minutes',
        shownBy: [
          [DECODER, 'an image that would take too much'],
          [DECODER, 'pixel bombs'],
          [DECODER, 'a decoder that'],
        ],
      },
      {
        fault: 'image links into our network',
        behaviour: 'never followed, however spelt',
        shownBy: [
          [IMAGES, 'into the local network is not followed'],
          [IMAGES, 'a redirect'],
        ],
      },
    ],
  },
  {
    title: 'clients',
    rows: [
      {
        fault: 'no JSON, wrong types',
        behaviour: '400 in the upstream’s shape',
        shownBy: [[ERRORS, 'bad requests']],
      },
      {
        fault: 'a body over 1 MiB',
        behaviour: '413, read no further',
        shownBy: [
          [ERRORS, 'a body over 1 MiB'],
          [CONTENT, 'client requests over the limit'],
        ],
      },
      {
        fault: 'other content types',
        behaviour: 'taken without Origin, 403 with a foreign one',
        shownBy: [[CONTENT, 'from a command line']],
      },
      { fault: 'JSON 100,000 deep', behaviour: '400', shownBy: [[CONNECTIONS, 'deeply nested JSON']] },
      {
        fault: 'a body that two parsers read differently (a member twice)',
        behaviour: 'the upstream gets what was authorised, or 400',
        shownBy: [
          [AMBIGUOUS, 'can not delete'],
          [AMBIGUOUS, 'is refused'],
        ],
      },
      {
        fault: 'headers that steer a gateway in front of the upstream',
        behaviour: 'never sent on',
        shownBy: [[GENERATE, 'sends only headers that are known']],
      },
      {
        fault: 'the .env of a downloaded folder names the upstream',
        behaviour: 'no token is sent there, which the start says',
        shownBy: [
          ['cli/foreign-env-file.test.ts', 'is not sent to the upstream'],
          ['cli/foreign-env-file.test.ts', 'any token of a caller'],
        ],
      },
      {
        fault: 'a generation that is no JSON to one parser and a second request to another',
        behaviour: '400 with the mirror’s token: one JSON object in UTF-8, and nothing behind it',
        shownBy: [[AMBIGUOUS, 'is not sent with the mirror’s token']],
      },
      {
        fault: 'a crowd of callers, each with one request',
        behaviour: 'a new one is queued as well',
        shownBy: [['lib/turn-order.test.ts', 'however many others wait']],
      },
      {
        fault: 'a document that can’t be stored',
        behaviour: 'the rest of its batch is; it is tried again with backoff',
        shownBy: [
          [RUN, 'stores a batch in spite of'],
          [SQLITE, 'one document that can not be stored'],
          [SQLITE, 'an unreadable document does not keep'],
        ],
      },
      {
        fault: 'a request that can’t be stored, a spooled id that never can',
        behaviour: 'its id is tracked, or set aside, and the others go on',
        shownBy: [
          [GENERATE, 'is tracked with its id alone'],
          [GENERATE, 'is set aside'],
        ],
      },
      {
        fault: 'ids of any length and kind, 1,001 ids',
        behaviour: '400',
        shownBy: [
          [ERRORS, 'an id that is too long'],
          [ERRORS, 'too many ids'],
        ],
      },
      {
        fault: 'SQL and FTS5 in a search',
        behaviour: 'text, never an error',
        shownBy: [
          ['search/fuzz.test.ts', ''],
          [FUZZ, 'hostile requests'],
        ],
      },
      {
        fault: 'an expensive search',
        behaviour:
          'costs at most so much, is ended after a time or when its caller hangs up; others take turns with it',
        shownBy: [
          ['search/query-budget.test.ts', ''],
          ['store/sqlite/search/interrupt.test.ts', ''],
          ['server/search-thread.test.ts', 'a search'],
          ['server/search-thread.test.ts', 'callers'],
        ],
      },
      {
        fault: 'any request that is meant to cost a lot',
        behaviour: 'stays within bounds of CPU time and memory, and holds the event loop for less than 50 ms',
        shownBy: [['cost/cost.test.ts', 'costly requests']],
      },
      {
        fault: 'lines of megabytes without an end, a million tiny chunks, a letter with 100,000 accents',
        behaviour: 'take linear time and memory',
        shownBy: [
          ['generation/task-id.test.ts', 'linear time'],
          ['files/document-lines.test.ts', 'linear time'],
          ['lib/byte-collector.test.ts', ''],
          ['search/fold.test.ts', ''],
        ],
      },
      {
        fault: 'slow clients',
        behaviour: '408 and cut off; deaf readers too',
        shownBy: [[CONNECTIONS, 'a slow client']],
      },
      {
        fault: 'too many connections',
        behaviour: 'closed beyond 2,048',
        shownBy: [[CONNECTIONS, 'beyond the cap']],
      },
      {
        fault: 'a thousand identical misses',
        behaviour: 'one upstream request; never across tokens',
        shownBy: [
          [TASKS, '1,000 concurrent identical misses'],
          [TASKS, 'different tokens are not shared'],
          [TASKS, 'returns an error to all'],
        ],
      },
      {
        fault: 'the upstream hangs while cached tasks are polled',
        behaviour: 'served within 3 s, at once after it hung repeatedly; the refresh goes on',
        shownBy: [[DROP_IN, 'an upstream that hangs']],
      },
      {
        fault: 'some ids of a batch can’t be fetched',
        behaviour: 'the others are served, and the missing ones counted',
        shownBy: [[DROP_IN, 'a batch of which some ids could not be fetched']],
      },
      {
        fault: 'compressed, unknown and broken encodings of a body',
        behaviour: 'decoded up to the limit; else 413, 415 or 400',
        shownBy: [[DROP_IN, 'bodies']],
      },
      {
        fault: 'a paid request meets a failing upstream',
        behaviour: 'sent once, never repeated, never shared',
        shownBy: [[PAYMENT, 'is never retried and never shared']],
      },
      {
        fault: 'waiters hang up',
        behaviour: 'what was sent is stored all the same, what was queued is not sent',
        shownBy: [
          [CONTENT, 'that disconnects'],
          [MISSES, 'a caller that hangs up'],
        ],
      },
      {
        fault: 'a flood of unknown ids',
        behaviour: 'other callers take their turns; 503 with Retry-After beyond the caller’s share',
        shownBy: [
          [MISSES, 'unknown ids'],
          [MISSES, 'share of the queue is full'],
          ['upstream/fair-queue.test.ts', ''],
        ],
      },
      {
        fault: 'the same unknown id again and again',
        behaviour: 'one upstream request in three seconds, per upstream token',
        shownBy: [[MISSES, 'an id that the upstream does not know']],
      },
      {
        fault: 'a generation’s caller hangs up',
        behaviour: 'finished and tracked, never repeated',
        shownBy: [
          [GENERATE, 'disconnects'],
          [GENERATE, 'is never retried'],
        ],
      },
      {
        fault: 'smuggling, broken headers, no Host',
        behaviour: '400 or 403',
        shownBy: [
          [CONTENT, 'a client that sends'],
          [ERRORS, 'two Host headers'],
        ],
      },
      {
        fault: 'DNS rebinding, foreign origins',
        behaviour: '403 before any route',
        shownBy: [[ERRORS, 'Host and Origin']],
      },
      {
        fault: 'absolute-form target with a good Host',
        behaviour: 'gets in',
        limit: 'no browser can send it; the Host header is what counts',
      },
      {
        fault: 'preflight of a foreign origin',
        behaviour: 'no allow-origin',
        shownBy: [[ERRORS, 'a preflight of an allowed origin']],
      },
      {
        fault: 'other users of the machine',
        behaviour: 'can read nothing in the data directory, whatever the umask',
        shownBy: [
          ['app/private-files.test.ts', 'private'],
          ['app/private-files.test.ts', 'alone'],
        ],
      },
      { fault: 'path traversal', behaviour: '404', shownBy: [['server/images.test.ts', 'is not found']] },
      {
        fault: 'guessing tokens',
        behaviour: 'compared in constant time, slowed per address',
        shownBy: [[ACCESS, 'wrong tokens']],
        limit: 'behind a proxy all callers are one address; right tokens never wait',
      },
      {
        fault: 'the last token expires',
        behaviour: '401 from then on; the mirror stays closed',
        shownBy: [['server/token-times.test.ts', 'does not open the mirror when the last one expires']],
      },
      {
        fault: 'the token requirement is dropped while other machines reach the server',
        behaviour: 'it stays closed, and does not start there again without tokens',
        shownBy: [['server/token-times.test.ts', 'stays closed while it listens on a reachable address']],
      },
      {
        fault: 'a limited token goes exploring',
        behaviour: 'sees nothing of others by any route',
        shownBy: [[ACCESS, 'sees nothing of another user on any route']],
      },
      {
        fault: 'tokens sent on or stored',
        behaviour: 'never',
        shownBy: [
          [MIRROR, 'no token appears'],
          [ERRORS, 'never sent to the upstream'],
          ['server/metrics.test.ts', 'never has a token'],
          [GENERATE, 'never sends a token'],
        ],
      },
      {
        fault: 'hostile requests of any shape',
        behaviour: 'no 5xx, no hang, no leak',
        shownBy: [[FUZZ, 'hostile requests']],
      },
    ],
  },
  {
    title: 'Files',
    rows: [
      {
        fault: 'a gzip that is cut off, damaged, padded, or has something behind it',
        behaviour: 'every whole document before it is imported, the damage is reported',
        shownBy: [['files/gunzip.test.ts', 'a gzipped file']],
      },
      {
        fault: 'answers appended on one line, lists that tell their count first, objects that were cut off',
        behaviour: 'every whole document is imported, in linear time',
        shownBy: [
          ['files/json-pieces.test.ts', 'the documents of a file'],
          ['files/json-pieces.test.ts', 'cut off are read in linear time'],
        ],
      },
      {
        fault: 'links, loops, pipes and devices in a folder to import',
        behaviour: 'linked files are imported, everything else is counted as skipped',
        shownBy: [['cli/files.test.ts', 'imports linked files in a folder']],
      },
      {
        fault: 'several backups or exports to one name at once, files with names like temporary ones',
        behaviour: 'one is whole, no other file is touched',
        shownBy: [
          ['store/sqlite/recovery/backup-race.test.ts', 'one is whole'],
          ['files/write-out.test.ts', 'leave one of them whole'],
          ['files/write-out.test.ts', 'file is touched'],
        ],
      },
    ],
  },
  {
    title: 'Several servers: PostgreSQL and an object store',
    rows: [
      {
        fault: 'servers, PostgreSQL and the object store are killed under load',
        behaviour:
          'nothing acknowledged is lost, no false 404, each id is asked for again once a kill at most',
        shownBy: [['cluster/crash.test.ts', 'nothing acknowledged is lost']],
      },
      {
        fault: 'one of several servers is killed every second',
        behaviour: 'all ids are fetched, none twice but those that it was asking for',
        shownBy: [['cluster/killed-servers.test.ts', 'one of which is killed']],
      },
      {
        fault: 'a server behind a load balancer is killed',
        behaviour: 'no client gets an error',
        shownBy: [
          ['cluster/proxied.test.ts', 'programs'],
          ['cluster/proxied-gallery.test.ts', ''],
        ],
      },
      {
        fault: 'PostgreSQL is killed, or away',
        behaviour: '503 with Retry-After, generations pass, servers go on by themselves',
        shownBy: [
          ['cluster/database-killed.test.ts', 'nothing that was answered is lost'],
          ['cluster/outage.test.ts', 'while the database is away'],
        ],
      },
      {
        fault: 'PostgreSQL is read-only, slow, or silent',
        behaviour: 'named, used again without a restart',
        shownBy: [
          [POSTGRES_TROUBLE, 'is read-only'],
          [POSTGRES_TROUBLE, 'ended by a timeout'],
          [POSTGRES_TROUBLE, 'swallows packets'],
        ],
      },
      {
        fault: 'a wrong URL, certificate or role, a foreign or newer database',
        behaviour: 'one line without the password',
        shownBy: [
          ['store/postgres/open.test.ts', 'in one line, without the password'],
          ['store/postgres/open.test.ts', 'refuses'],
          ['store/postgres/tls.test.ts', 'refused in one line'],
        ],
      },
      {
        fault: 'processes write the same tasks at the same time',
        behaviour: 'no error, no deadlock, nothing claimed twice',
        shownBy: [['store/postgres/many-writers.test.ts', 'several processes']],
      },
      {
        fault: 'the clocks of servers differ',
        behaviour: 'leases go by the clock of the database',
        shownBy: [['cluster/clocks.test.ts', '']],
      },
      {
        fault: 'the upstream limits or rejects one server',
        behaviour: 'all of them obey',
        shownBy: [['cluster/rate-limit.test.ts', '']],
      },
      {
        fault: 'the object store is away, forbids, is slow, or answers nonsense',
        behaviour: 'images are 503, nothing counts as missing or archived, all follow later',
        shownBy: [
          ['server/image-store.test.ts', 'while the object store is away'],
          ['object-store/object-store.test.ts', 'trouble'],
        ],
      },
    ],
  },
];

/** What `flux-mirror verify` prints: a table of what was found, or JSON. */
import { cleanField, escapeControls } from '../lib/clean-text.ts';
import { explainErrorCodes } from '../lib/errno.ts';
import type { ChangedTask, Finding, LinkFinding } from '../verify/finding.ts';
import { createMemberCounter, type MemberTally } from '../verify/tally-members.ts';
import type { VerifyResult } from '../verify/verify.ts';
import { formatCount, pluralize, print, printNote } from './output.ts';

export interface VerifyReport {
  add(finding: Finding): void;
  /** Called once, also when the check ended early. */
  end(result: VerifyResult): void;
}

const STOPPED = 'stopped: the others were not checked';
/** More of them say little more. */
const MAX_SHOWN = 100;
const MAX_SHOWN_CHANGES = 5;
const MAX_SHOWN_MEMBERS = 5;

/** For people: kept until the end, because a progress bar is shown meanwhile. */
export function createTextReport(): VerifyReport {
  const shown: Finding[] = [];
  const members = createMemberCounter();
  let count = 0;
  return {
    add: (finding) => {
      count += 1;
      if (shown.length < MAX_SHOWN) shown.push(finding);
      if (finding.kind === 'changed') members.add(finding);
    },
    end: ({ outcome, error, tasks, links }) => {
      for (const line of shown.flatMap(formatFinding)) print(line);
      if (count > shown.length) print(`and ${formatCount(count - shown.length)} more: see --json`);
      const common = members.list().filter((member) => member.tasks > 1);
      if (common.length > 0)
        print(`changed most: ${common.slice(0, MAX_SHOWN_MEMBERS).map(describeMember).join(', ')}`);
      const reformatted =
        tasks.reformatted === 0 ? '' : `, ${formatCount(tasks.reformatted)} the same in other bytes`;
      print(
        `${pluralize(tasks.checked, 'task')} checked in ${pluralize(tasks.requests, 'request')}: ${formatCount(tasks.same)} the same${reformatted}, ${formatCount(tasks.changed)} changed, ${formatCount(tasks.gone)} gone, ${formatCount(tasks.notChecked)} not checked`,
      );
      if (links)
        print(
          `${pluralize(links.checked, 'link')} checked: ${formatCount(links.alive)} alive, ${formatCount(links.dead)} dead (${formatCount(links.lost)} not archived), ${formatCount(links.unknown)} unknown`,
        );
      if (error !== undefined) printNote(outcome === 'stopped' ? STOPPED : `${error}: the check ended there`);
      else if (tasks.gone > 0 && tasks.gone === tasks.checked)
        printNote('the upstream knows none of them: is the token one of the same account?');
      else if (tasks.checked + tasks.notChecked === 0) printNote('no finished task matches');
    },
  };
}

function describeMember({ member, tasks }: MemberTally): string {
  return `${cleanField(member)} (${pluralize(tasks, 'task')})`;
}

function formatFinding(finding: Finding): string[] {
  const { id, kind } = finding;
  const head = `${cleanField(id)}  ${kind.replace('-', ' ')}`;
  if (kind === 'gone') return [head];
  if (kind === 'not-checked') return [`${head}  ${cleanField(finding.reason)}`];
  if (kind === 'changed') return [`${head}${describeStates(finding)}`, ...formatChanges(finding)];
  return [`${head}  ${describeLink(finding)}`];
}

function describeStates({ state, upstreamState }: ChangedTask): string {
  return state === upstreamState ? '' : `  ${state} → ${upstreamState}`;
}

function formatChanges({ changes, changeCount }: ChangedTask): string[] {
  const shown = changes.slice(0, MAX_SHOWN_CHANGES);
  const width = Math.max(...shown.map(({ path }) => path.length));
  const lines = shown.map(
    ({ path, stored = '(none)', upstream = '(none)' }) =>
      `    ${cleanField(`${path.padEnd(width)}  ${stored} → ${upstream}`)}`,
  );
  const left = changeCount - shown.length;
  return left === 0 ? lines : [...lines, `    and ${pluralize(left, 'more change')}`];
}

function describeLink({ url, reason, isArchived }: LinkFinding): string {
  return `${cleanField(url)}  ${explainErrorCodes(reason)}; ${isArchived ? 'archived' : 'not archived'}`;
}

/** For programs: one document, of which each finding is written when it is found, however many there are. */
export function createJsonReport(): VerifyReport {
  const members = createMemberCounter();
  let separator = '';
  const write = (text: string) => process.stdout.write(escapeControls(text));
  write('{"findings": [');
  return {
    add: (finding) => {
      if (finding.kind === 'changed') members.add(finding);
      write(`${separator}\n${JSON.stringify(serializeFinding(finding))}`);
      separator = ',';
    },
    end: ({ outcome, error, tasks, links }) => {
      const { notChecked, reformatted, ...counts } = tasks;
      const summary = {
        outcome,
        error: error ?? null,
        ...{ ...counts, other_bytes: reformatted, not_checked: notChecked },
        changed_members: members.list(),
        links: links ?? null,
      };
      write(`\n],\n${JSON.stringify(summary, null, 2).slice(2)}\n`);
    },
  };
}

function serializeFinding(finding: Finding): object {
  const { kind, id } = finding;
  const named = { kind: kind.replace('-', '_'), id };
  if (kind === 'changed') {
    const { state, upstreamState, changes, changeCount } = finding;
    return {
      ...{ ...named, state, upstream_state: upstreamState, change_count: changeCount },
      changes: changes.map(({ path, stored = null, upstream = null }) => ({ path, stored, upstream })),
    };
  }
  if (kind === 'gone') return { ...named, state: finding.state };
  if (kind === 'not-checked') return { ...named, state: finding.state, reason: finding.reason };
  const { url, reason, isArchived } = finding;
  return { ...named, url, reason, archived: isArchived };
}

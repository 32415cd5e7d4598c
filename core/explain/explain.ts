import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { removable } from '../domain/domain.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Location, Span } from '../text/span.ts';
import type { FailureText } from './failure-text.ts';
import { failureTexts } from './failure-texts.ts';

/** What a failed migration is compared with to name the line that can mend it. */
export interface ExplainContext {
  readonly descriptor?: MigrationDescriptor | undefined;
  readonly domain?: Domain | undefined;
}

/** A text of libvirt with what is behind it. */
export interface Explanation {
  /** Id of the constraint, and of its rule where one exists; undefined when no text is known. */
  readonly code: string | undefined;
  readonly cause: Message;
  /** What to do; undefined when no text is known. */
  readonly remedy: Message | undefined;
  /** The line of the descriptor that can mend it; undefined without a descriptor. */
  readonly at: Location | undefined;
  /** What the text is about in domain XML: the disk or interface that it names. */
  readonly about: Location | undefined;
  /** The text, unchanged but for white space around it. */
  readonly text: string;
}

/**
 * Explains what virsh printed, a run record holds or a log says. With a descriptor it names the line
 * that can mend it, with the domain the part of it that the text is about.
 */
export function explainFailure(text: string, context: ExplainContext = {}): Explanation {
  const trimmed = text.trim();
  for (const known of failureTexts) {
    const match = known.pattern.exec(trimmed);
    if (match === null || !applies(known, match, context)) continue;
    return {
      code: known.code,
      cause: known.cause,
      remedy: known.remedy,
      at: placeOf(known, match, context),
      about: partOf(match, context),
      text: trimmed,
    };
  }
  return {
    code: undefined,
    cause: say('libvirt gave no reason that this version knows.'),
    remedy: undefined,
    at: undefined,
    about: undefined,
    text: trimmed,
  };
}

/**
 * True for texts that only say that the other end hung up. With `--p2p` the destination's own words
 * then stand in its log (seen with a machine type that it does not know).
 */
export function hidesCause(text: string): boolean {
  return /End of file while reading data|client socket is closed|Connection reset by peer/.test(
    text,
  );
}

/**
 * True for texts that say that QEMU gave up but not why: the guest's own log on the hosts does
 * (`/var/log/libvirt/qemu/NAME.log`).
 */
export function leavesCauseToGuestLog(text: string): boolean {
  return /load of migration failed|Unable to (?:read from|write to) (?:monitor|socket)|domain is not running|QEMU unexpectedly closed the monitor|process exited while connecting/.test(
    text,
  );
}

/** A missing file is a matter of media only where the domain says that it lies in a drive. */
function applies(known: FailureText, match: RegExpExecArray, context: ExplainContext): boolean {
  if (known.code !== 'startup-policy-media') return true;
  const disk = groups(match).map((path) => diskWithPath(path, context));
  return disk.some((found) => found !== undefined && removable(found));
}

function groups(match: RegExpExecArray): readonly string[] {
  return match.slice(1).filter((group): group is string => typeof group === 'string');
}

/** The first key that is in the file, where a disk is named its entry; at last the domain. */
function placeOf(
  known: FailureText,
  match: RegExpExecArray,
  context: ExplainContext,
): Location | undefined {
  const { descriptor } = context;
  if (descriptor === undefined) return undefined;
  const at = (span: Span): Location => ({ uri: descriptor.uri, span });
  for (const written of known.at) {
    const path = written.split('.').map((step) => stepFor(step, match, context));
    if (path.every((step) => step !== undefined) && descriptor.has(path)) {
      return at(descriptor.at(path));
    }
  }
  return at(descriptor.at(['domain']));
}

function stepFor(
  step: string,
  match: RegExpExecArray,
  context: ExplainContext,
): string | undefined {
  const marked = /^([$@])(\d)$/.exec(step);
  if (marked === null) return step;
  const group = match[Number(marked[2])];
  if (group === undefined) return undefined;
  return marked[1] === '$' ? group : targetOfPath(group, context);
}

/** The target of the disk that has this path on the source or is copied to it. */
function targetOfPath(path: string, context: ExplainContext): string | undefined {
  const listed = context.descriptor?.migration.storage?.disks?.items.find(
    ({ destination }) => destination?.path?.value === path,
  );
  return listed?.target?.value ?? diskWithPath(path, context)?.target.value;
}

function diskWithPath(path: string, { domain }: ExplainContext): Disk | undefined {
  return domain?.disks.find(({ source }) => source?.value === path);
}

/** The disk or interface of the domain that the text names. */
function partOf(match: RegExpExecArray, context: ExplainContext): Location | undefined {
  const { domain } = context;
  if (domain === undefined) return undefined;
  const named = groups(match);
  const spans = [
    ...named.flatMap((name) => {
      const disk = domain.disks.find(({ target }) => target.value === targetOfPath(name, context));
      const target = domain.disks.find((one) => one.target.value === name)?.target;
      return disk?.source?.span ?? disk?.target.span ?? target?.span ?? [];
    }),
    ...domain.interfaces.flatMap(({ source }) =>
      source !== undefined && named.includes(source.value) ? [source.span] : [],
    ),
    ...(domain.machine !== undefined && named.includes(domain.machine.value)
      ? [domain.machine.span]
      : []),
  ];
  return spans[0] === undefined ? undefined : { uri: domain.uri, span: spans[0] };
}

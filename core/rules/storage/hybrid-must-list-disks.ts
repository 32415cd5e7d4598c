import type { Disk, Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView, Reporter } from '../rule.ts';
import {
  actionFix,
  createFix,
  diskMoves,
  isDevicePath,
  isWritable,
  storageFacts,
} from './disk-moves.ts';
import type { DiskMove } from './disk-moves.ts';

/** In mixed mode every disk that the guest writes is named; network disks are shared by nature. */
function mustBeListed(disk: Disk): boolean {
  return isWritable(disk) && disk.shareable === undefined && disk.type.value !== 'network';
}

function reportUnlisted(
  migration: MigrationView,
  domain: Domain,
  report: Reporter,
  moves?: readonly DiskMove[],
): void {
  for (const disk of domain.disks) {
    const target = disk.target.value;
    if (!mustBeListed(disk) || migration.disk(target) !== undefined) continue;
    const move = moves?.find((candidate) => candidate.disk === disk);
    const verdict = move?.verdict?.sameness;
    const related = [
      { uri: domain.uri, span: disk.span, message: say('the disk that is left out') },
    ];
    if (verdict === 'different') {
      report({
        at: migration.at(['storage', 'disks']),
        message: say(
          'Disk {0} is writable and lies on {1} alone, but storage.mode is mixed and the list leaves it out: the guest would lose it or run on another image. List it with action copy.',
          target,
          migration.sourceName,
        ),
        related,
        fix:
          move?.destination?.kind === 'missing'
            ? createFix(migration, target)
            : actionFix(target, 'copy'),
      });
    } else {
      report({
        at: migration.at(['storage', 'disks']),
        message: say(
          'storage.mode is mixed, but nothing says whether disk {0} is copied or shared. List every disk that the guest writes.',
          target,
        ),
        related,
        fix:
          verdict === 'same' || verdict === 'likely-same'
            ? actionFix(target, 'shared')
            : [actionFix(target, 'copy'), actionFix(target, 'shared')],
      });
    }
  }
}

function reportMissingList(migration: MigrationView, report: Reporter): void {
  const named = migration.model.storage?.disks?.items.length ?? 0;
  if (named > 0) return;
  report({
    at: migration.at(['storage', 'mode']),
    message: say(
      'storage.mode is mixed, so storage.disks must say for each disk whether it is copied or shared; there is no list.',
    ),
  });
}

/** `mode: shared` beside an entry that copies: one of the two is not meant. */
function reportContradiction(migration: MigrationView, domain: Domain, report: Reporter): void {
  for (const entry of migration.model.storage?.disks?.items ?? []) {
    if (entry.action?.value !== 'copy' || entry.target === undefined) continue;
    const unlisted = domain.disks.some(
      (disk) => mustBeListed(disk) && migration.disk(disk.target.value) === undefined,
    );
    report({
      at: entry.action.span,
      message: say(
        'storage.mode is shared, but disk {0} is to be copied. Write mode mixed and list every disk that the guest writes.',
        entry.target.value,
      ),
      ...(unlisted ? {} : { fix: modeFix('mixed') }),
    });
  }
}

function modeFix(mode: 'mixed' | 'copy-all'): FixSpec {
  return { title: say('Set storage.mode to {0}', mode), set: [['storage', 'mode'], mode] };
}

/** A repair for `mode: shared`, where one leaves nothing else to be said about the other disks. */
function localFix(
  moves: readonly DiskMove[],
  local: readonly DiskMove[],
): { readonly fix?: FixSpec } {
  if (local.length !== moves.filter(({ disk }) => disk.hasSource).length) return {};
  if (local.every(({ destination }) => destination?.kind === 'file'))
    return { fix: modeFix('copy-all') };
  const [only] = local;
  if (local.length !== 1 || only?.destination?.kind !== 'missing' || isDevicePath(only.path ?? ''))
    return {};
  const entry = { action: 'copy', destination: { create: true } };
  return {
    fix: {
      title: say('Copy disk {0}', only.target),
      changes: [
        { set: [['storage', 'mode'], 'mixed'] },
        { set: [['storage', 'disks', only.target], entry] },
      ],
    },
  };
}

/** `mode: shared` with a disk that lies on the source alone. */
function reportLocal(migration: MigrationView, moves: readonly DiskMove[], report: Reporter): void {
  const writable = moves.filter(({ disk }) => mustBeListed(disk));
  const local = writable.filter(({ verdict }) => verdict?.sameness === 'different');
  for (const { target, path, verdict } of local) {
    if (migration.disk(target) !== undefined || verdict === undefined) continue;
    report({
      at: migration.at(['storage', 'mode']),
      message: say(
        'storage.mode is shared, but disk {0} is not the same image on {1} and {2} ({3}). Without a copy the guest would lose it or run on another image.',
        target,
        migration.sourceName,
        migration.destinationName,
        path ?? '',
      ),
      ...localFix(moves, local),
    });
  }
}

function checkDescriptor(migration: MigrationView, domain: Domain, report: Reporter): void {
  if (migration.storageMode === 'shared') reportContradiction(migration, domain, report);
}

export default defineRule({
  id: 'hybrid-must-list-disks',
  severity: 'error',
  summary: say('With mixed storage the file says for every written disk whether it is copied.'),
  needs: storageFacts,
  since: 'libvirt 1.2.17',
  check(migration, facts, report) {
    checkDescriptor(migration, facts.domain, report);
    const moves = diskMoves(migration, facts);
    if (migration.storageMode === 'mixed') reportUnlisted(migration, facts.domain, report, moves);
    if (migration.storageMode === 'shared') reportLocal(migration, moves, report);
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      checkDescriptor(migration, domain, report);
      if (migration.storageMode === 'mixed') reportUnlisted(migration, domain, report);
    }),
    meanwhile([], (migration, _facts, report) => {
      if (migration.storageMode === 'mixed') reportMissingList(migration, report);
    }),
  ],
});

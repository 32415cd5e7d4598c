import type { ImageFacts, ImageLayerFacts } from '../../facts/snapshot.ts';
import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isWritable, storageFacts } from './disk-moves.ts';
import { compareImages } from './image-identity.ts';

/** A layer as an image, so that two of them can be compared. */
function asImage(layer: ImageLayerFacts): ImageFacts {
  return { ...layer, allocated: undefined, backing: [] };
}

/** libvirt's safety check looks at the top of a chain only. */
export default defineRule({
  id: 'disk-backing-chain-local',
  severity: 'error',
  summary: say('The backing files of a disk that stays where it is are the same on both hosts.'),
  needs: storageFacts,
  check(migration, facts, report, wait) {
    for (const { disk, target, copied, source, destination, verdict } of diskMoves(
      migration,
      facts,
    )) {
      if (copied !== false || !isWritable(disk) || verdict?.sameness !== 'same') continue;
      if (source === undefined || destination === undefined || source.backing.length === 0)
        continue;
      const [here, there] = [source.layers ?? [], destination.layers ?? []];
      if (here.length < source.backing.length || there.length < destination.backing.length) {
        wait('destination.images', say('the backing files of disk {0} were not compared', target));
        continue;
      }
      for (const [index, layer] of here.entries()) {
        const other = there[index];
        const compared =
          other === undefined
            ? undefined
            : compareImages(
                { image: asImage(layer), identity: facts['source.identity'] },
                { image: asImage(other), identity: facts['destination.identity'] },
              );
        if (compared?.sameness === 'same') continue;
        if (compared?.sameness === 'unclear' || compared?.sameness === 'likely-same') {
          wait(
            'destination.images',
            say('nothing proves that {0} is the same file on both hosts', layer.path),
          );
          continue;
        }
        report({
          at: migration.atDisk(target),
          message: say(
            'Disk {0} is shared, but its backing file {1} is not: {2} has another file there. libvirt looks at the top image only, and the guest would read other data. Put the backing file on storage that both hosts reach, or copy the disk.',
            target,
            layer.path,
            migration.destinationName,
          ),
          related: [
            { uri: facts.domain.uri, span: disk.span, message: say('the disk in the domain') },
          ],
        });
      }
    }
  },
});

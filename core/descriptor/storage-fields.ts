import { say } from '../messages.ts';
import { boolean, list, object, oneOf, quantity, text } from './field-types.ts';

const diskDestination = object(
  {
    path: text({
      names: 'path',
      doc: say('Absolute path of the image on the destination host.'),
      example: '/var/lib/libvirt/images/vm.qcow2',
      option: '--xml',
    }),
    format: oneOf(
      { qcow2: say('QEMU copy-on-write image.'), raw: say('Plain bytes.') },
      {
        doc: say('Format of the destination image; it must equal the source disk’s.'),
        default: 'the source format',
      },
    ),
    size: quantity('size', {
      doc: say(
        'Virtual size of the destination image; it must equal the source disk’s to the byte.',
      ),
      example: '20GiB',
      min: 1,
    }),
    create: boolean({
      doc: say('Create the image before the migration. An existing file is never overwritten.'),
      default: 'false',
    }),
    device: boolean({
      doc: say('The path is a block device of exactly the same size; all it holds is overwritten.'),
      default: 'false',
    }),
  },
  {
    doc: say('The image that the copy is written to; absent means the same path as on the source.'),
  },
);

const disk = object(
  {
    target: text({
      names: 'disk-target',
      doc: say('Device name of the disk in the domain, as in <target dev=…>.'),
      example: 'sda',
    }),
    action: oneOf(
      {
        copy: say('The content is copied to the destination.'),
        shared: say('Both hosts reach the same image; nothing is copied.'),
        skip: say('Not copied, and not needed on the destination (an empty or removable drive).'),
      },
      {
        doc: say('What happens to this disk.'),
        option: '--migrate-disks',
        since: 'libvirt 1.2.17',
      },
    ),
    destination: diskDestination,
  },
  { doc: say('One disk of the domain.'), required: ['target', 'action'] },
);

/** `storage` of a migration. */
export const storage = object(
  {
    mode: oneOf(
      {
        auto: say('Decided from the facts: disks proven shared stay, others are copied.'),
        shared: say('Every disk is on storage that both hosts reach.'),
        'copy-all': say('Whole images are copied.'),
        'copy-incremental': say(
          'Only the top layers are copied; the same backing files must be on the destination.',
        ),
        mixed: say('Some disks are shared, some copied: every disk is listed.'),
      },
      {
        doc: say('How the domain’s storage reaches the destination.'),
        default: 'auto',
        option: '--copy-storage-all, --copy-storage-inc',
        qmp: 'nbd-server-start, blockdev-mirror',
        since: 'libvirt 0.8.2',
      },
    ),
    baseProof: oneOf(
      {
        identity: say('Both hosts reach one and the same backing file.'),
        sha256: say(
          'Backing files are read on both hosts before the migration and their content compared.',
        ),
      },
      {
        doc: say('How an incremental copy proves that both hosts have the same backing files.'),
        default: 'identity',
      },
    ),
    disks: list(disk, {
      identity: 'target',
      doc: say('What happens to each disk.'),
      option: '--migrate-disks',
      since: 'libvirt 1.2.17',
    }),
  },
  { doc: say('The disks of the domain.') },
);

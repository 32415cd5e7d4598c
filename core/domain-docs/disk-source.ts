import { say } from '../messages.ts';
import type { ElementDocumentation } from './documentation.ts';

const secret: ElementDocumentation = {
  means: say('The secret in libvirt that holds the password.'),
  migration: say(
    'The destination must have a secret with the same UUID or usage, and its value set.',
  ),
  attributes: {
    type: { means: say('ceph or iscsi.') },
    uuid: { means: say('UUID of the secret.') },
    usage: { means: say('Name of the secret’s use.') },
  },
};

/** `<source>` of a disk, of a layer below it and of a mirror. */
export const diskSource: ElementDocumentation = {
  means: say('The image on the source host.'),
  migration: say('On the destination the same path is used unless the migration names another.'),
  attributes: {
    file: { means: say('Path of the image file on the host.') },
    dev: {
      means: say('Path of the block device on the host.'),
      migration: say(
        'A name such as /dev/sdb may mean another device on the destination; names below /dev/disk/by-id or /dev/mapper hold better.',
      ),
    },
    dir: { means: say('Path of the folder on the host.') },
    protocol: {
      means: say('How the storage is spoken to.'),
      values: {
        rbd: say('A Ceph block device; name is pool/image.'),
        nbd: say('A network block device server.'),
        iscsi: say('An iSCSI target; name is its IQN, with /LUN.'),
        gluster: say('A GlusterFS volume; name is volume/path.'),
        nfs: say('An NFS server, spoken to by QEMU itself (since libvirt 7.0.0).'),
        ssh: say('A file on a host that is reached by ssh.'),
        http: say('A web server; read-only.'),
        https: say('A web server with TLS; read-only.'),
        ftp: say('An FTP server; read-only.'),
        ftps: say('An FTP server with TLS; read-only.'),
        tftp: say('A TFTP server; read-only.'),
      },
    },
    name: { means: say('The image or target on the server.') },
    pool: {
      since: '1.0.5',
      means: say('Name of the storage pool.'),
      migration: say('A pool of this name must be active on the destination.'),
    },
    volume: { since: '1.0.5', means: say('Name of the volume in the pool.') },
    startupPolicy: {
      since: '0.9.7',
      default: 'mandatory',
      means: say('What happens when the image is missing.'),
      values: {
        mandatory: say('The guest does not start, nor on the destination.'),
        requisite: say('It must be there at boot; a migration may drop it.'),
        optional: say('It is dropped whenever it is missing, also by a migration.'),
      },
    },
    tls: {
      since: '4.5.0',
      means: say('Whether the connection to the storage is encrypted.'),
      migration: say('The destination needs certificates of its own for it.'),
    },
    index: { means: say('Number of the layer; libvirt writes it.') },
    mode: { since: '1.1.1', means: say('For a volume: by host path or by direct connection.') },
    namespace: { since: '6.0.0', means: say('For nvme: number of the namespace, from 1.') },
    managed: {
      since: '6.0.0',
      means: say('For nvme: libvirt takes the device from the host by itself.'),
    },
    fdgroup: {
      since: '9.0.0',
      means: say('The image is handed over as an open file.'),
      migration: say('Nobody hands it over on the destination: such a disk cannot simply move.'),
    },
  },
  children: {
    host: {
      means: say('A server of the network storage.'),
      migration: say(
        'The destination must reach it too: localhost and 127.0.0.1 mean another machine there.',
      ),
      attributes: {
        name: { means: say('Name or address of the server.') },
        port: { means: say('Port; the protocol’s own when it is absent.') },
        transport: { means: say('How it is reached.'), default: 'tcp' },
        socket: { means: say('Path of a UNIX socket; a path of this host only.') },
      },
    },
    auth: {
      since: '3.9.0',
      means: say('Who logs in to the storage.'),
      attributes: { username: { means: say('Name of the user.') } },
      children: { secret },
    },
    encryption: {
      since: '3.9.0',
      means: say('How the image is encrypted.'),
      migration: say('The destination must have the same secret with the same value.'),
      attributes: { format: { means: say('The encryption: luks.') } },
      children: { secret },
    },
    reservations: {
      since: '4.4.0',
      means: say('SCSI persistent reservations, for clusters.'),
      migration: say(
        'Registrations belong to the host’s path to the storage; the cluster software in the guest may have to register again.',
      ),
      attributes: { managed: { means: say('Whether libvirt runs the helper.') } },
    },
    slices: { since: '6.1.0', means: say('Only a part of the storage is the image.') },
    snapshot: {
      means: say('A snapshot of the image on the server.'),
      attributes: { name: { means: say('Name of the snapshot.') } },
    },
    config: {
      means: say('Configuration file for the storage client; it must be on the destination too.'),
    },
    initiator: {
      since: '4.7.0',
      means: say('The iSCSI initiator that the guest’s disk logs in as.'),
    },
    reconnect: { means: say('What happens when the connection is lost.') },
  },
};

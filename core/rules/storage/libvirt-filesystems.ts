/**
 * File systems that libvirt takes for shared (virFileIsSharedFS): NFS, GFS2, OCFS2, AFS, SMB and CIFS,
 * Ceph, GPFS, ACFS, gluster, quobyte; BeeGFS since 9.6.0, which is left to `isSharedForLibvirt`. Not
 * on the list although they may be shared: SMB 2 (type smb3), Lustre, sshfs, virtiofs, 9p.
 */
const types: ReadonlySet<string> = new Set([
  'nfs',
  'nfs4',
  'gfs2',
  'ocfs2',
  'afs',
  'smbfs',
  'cifs',
  'ceph',
  'gpfs',
  'acfs',
  'fuse.glusterfs',
  'fuse.quobyte',
  'beegfs',
]);

/** Does libvirt count this type of file system (as in /proc/mounts) as shared? */
export function isSharedForLibvirt(type: string): boolean {
  return types.has(type);
}

/** Small documents that tests open. */
export const inventory = `apiVersion: livemigrate/v1
kind: HostInventory
hosts:
  - name: kvm01
    uri: qemu+ssh://root@kvm01/system
    migrationAddress: 10.9.0.1
  - name: kvm02
    uri: qemu+ssh://root@kvm02/system
    migrationAddress: 10.9.0.2
`;

export const domainXml = `<domain type='kvm'>
  <name>openEulerVM</name>
  <uuid>3d1b5e0a-58f1-4a3c-9d53-7f0a4f9d6b11</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/var/lib/libvirt/images/openEulerVM.qcow2'/>
      <target dev='sda' bus='scsi'/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source file='/var/lib/libvirt/images/quorum.raw'/>
      <target dev='sdb' bus='scsi'/>
      <shareable/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:12:34:56'/>
      <source bridge='br0'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
`;

export const migration = `apiVersion: livemigrate/v1
kind: Migration
domain: openEulerVM
domainXml: ./openEulerVM.domain.xml
source: kvm01
destination: kvm02
storage:
  mode: mixed
  disks:
    - target: sda
      action: copy
      destination: { path: /mnt/images/openEulerVM.qcow2, format: qcow2, size: 20GiB, create: true }
    - target: sdb
      action: shared
policy:
  bandwidth: 500MiB/s
  maxDowntime: 500ms
`;

export const files = {
  'hosts.migration.yaml': inventory,
  'openEulerVM.domain.xml': domainXml,
  'move.migration.yaml': migration,
};

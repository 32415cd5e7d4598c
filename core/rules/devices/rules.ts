import type { RuleDefinition } from '../rule.ts';
import dimmWithoutAddress from './dimm-without-address.ts';
import diskLeaseLock from './disk-lease-lock.ts';
import diskNetworkAssumedShared from './disk-network-assumed-shared.ts';
import diskVhostuserDir from './disk-vhostuser-dir.ts';
import fileBackedDevices from './file-backed-devices.ts';
import fs9pMounted from './fs-9p-mounted.ts';
import guestAgentChannel from './guest-agent-channel.ts';
import hostdevCapabilities from './hostdev-capabilities.ts';
import hostdevMdev from './hostdev-mdev.ts';
import hostdevScsi from './hostdev-scsi.ts';
import interfaceHostdev from './interface-hostdev.ts';
import interfaceSlirpHelper from './interface-slirp-helper.ts';
import interfaceVdpa from './interface-vdpa.ts';
import invtscWithoutFrequency from './invtsc-without-frequency.ts';
import launchSecurity from './launch-security.ts';
import nbdBandwidthPerDisk from './nbd-bandwidth-per-disk.ts';
import nvramLocal from './nvram-local.ts';
import precreateBlock from './precreate-block.ts';
import precreateFormat from './precreate-format.ts';
import precreateVolume from './precreate-volume.ts';
import qemuFmtParallels from './qemu-fmt-parallels.ts';
import qemuFmtQcow1 from './qemu-fmt-qcow1.ts';
import qemuFmtVdi from './qemu-fmt-vdi.ts';
import qemuFmtVhdx from './qemu-fmt-vhdx.ts';
import qemuFmtVmdk from './qemu-fmt-vmdk.ts';
import qemuFmtVpc from './qemu-fmt-vpc.ts';
import qemuFmtVvfatRw from './qemu-fmt-vvfat-rw.ts';
import qemuHvPassthrough from './qemu-hv-passthrough.ts';
import qemuInvtscQemu from './qemu-invtsc-qemu.ts';
import qemuUnmigratableDevices from './qemu-unmigratable-devices.ts';
import qemuVfioMulti from './qemu-vfio-multi.ts';
import qemuVhostScsi from './qemu-vhost-scsi.ts';
import qemuVirgl from './qemu-virgl.ts';
import shareableNeedsNocache from './shareable-needs-nocache.ts';
import shmemRole from './shmem-role.ts';
import usbHostdevOpeneuler from './usb-hostdev-openeuler.ts';
import videoModelPrimary from './video-model-primary.ts';
import virtiofs from './virtiofs.ts';

export const deviceRules: readonly RuleDefinition[] = [
  dimmWithoutAddress,
  diskLeaseLock,
  diskNetworkAssumedShared,
  diskVhostuserDir,
  fileBackedDevices,
  fs9pMounted,
  guestAgentChannel,
  hostdevCapabilities,
  hostdevMdev,
  hostdevScsi,
  interfaceHostdev,
  interfaceSlirpHelper,
  interfaceVdpa,
  invtscWithoutFrequency,
  launchSecurity,
  nbdBandwidthPerDisk,
  nvramLocal,
  precreateBlock,
  precreateFormat,
  precreateVolume,
  qemuFmtParallels,
  qemuFmtQcow1,
  qemuFmtVdi,
  qemuFmtVhdx,
  qemuFmtVmdk,
  qemuFmtVpc,
  qemuFmtVvfatRw,
  qemuHvPassthrough,
  qemuInvtscQemu,
  qemuUnmigratableDevices,
  qemuVfioMulti,
  qemuVhostScsi,
  qemuVirgl,
  shareableNeedsNocache,
  shmemRole,
  usbHostdevOpeneuler,
  videoModelPrimary,
  virtiofs,
];

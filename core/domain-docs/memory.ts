import { say } from '../messages.ts';
import type { AttributeDocumentation, ElementDocumentation } from './documentation.ts';

const allocation = 'memory-allocation';

const unit: AttributeDocumentation = {
  since: '0.9.11',
  default: 'KiB',
  means: say(
    'The unit of the number. KB, MB, GB, TB count by 1000; KiB, MiB, GiB, TiB and k, M, G, T by 1024.',
  ),
  values: {
    bytes: say('Single bytes.'),
    KiB: say('1024 bytes.'),
    MiB: say('1024 KiB.'),
    GiB: say('1024 MiB.'),
    TiB: say('1024 GiB.'),
    KB: say('1000 bytes, not 1024.'),
    MB: say('1,000,000 bytes, less than a MiB.'),
    GB: say('1,000,000,000 bytes, 7 % less than a GiB.'),
    TB: say('10¹² bytes, 9 % less than a TiB.'),
  },
};

const nodeset: AttributeDocumentation = {
  means: say('NUMA nodes of the host by number: 0-1,3 or with ^ for an exception.'),
  migration: say('Each of them must exist on the destination and have the memory free.'),
};

const policy: AttributeDocumentation = {
  default: 'strict',
  means: say('How binding the nodes are.'),
  values: {
    strict: say(
      'Memory comes from these nodes or not at all: if the destination has too little free there, the guest does not start.',
    ),
    preferred: say('From this node while it lasts.'),
    interleave: say('In turn from each of the nodes.'),
    restrictive: say(
      'The system’s own policy within these nodes; can be changed while the guest runs.',
    ),
  },
};

export const memory: Readonly<Record<string, ElementDocumentation>> = {
  memory: {
    section: allocation,
    means: say('The memory of the guest when it boots, memory modules included.'),
    migration: say(
      'The destination needs as much free memory, and copying it takes most of the time of a migration.',
    ),
    attributes: {
      unit,
      dumpCore: {
        since: '0.10.2',
        means: say('Whether a core dump of QEMU holds the guest’s memory.'),
      },
    },
  },
  maxMemory: {
    section: allocation,
    since: '1.2.14',
    means: say('The limit up to which memory can be plugged in while the guest runs.'),
    migration: say(
      'The destination’s libvirt must know memory hotplug, and give each module the same slot and address.',
    ),
    attributes: { unit, slots: { means: say('Number of slots for memory modules.') } },
  },
  currentMemory: {
    section: allocation,
    means: say('What the balloon leaves to the guest; as much as memory when it is absent.'),
    migration: say(
      'Pages that the balloon took away cost almost nothing to send: the less the guest is left, the faster it moves.',
    ),
    attributes: { unit },
  },
  memoryBacking: {
    section: 'memory-backing',
    means: say('How the guest’s memory is backed by that of the host.'),
    migration: say('It moves as it is: what it asks of the host, it asks of the destination.'),
    children: {
      hugepages: {
        means: say('The memory is made of huge pages.'),
        migration: say(
          'The destination must have huge pages of the same size free, enough for the whole guest; ordinary memory does not stand in for them.',
        ),
        children: {
          page: {
            since: '1.2.5',
            means: say('A size of huge pages, and for which nodes of the guest.'),
            attributes: {
              size: { means: say('Size of a page, in unit.') },
              unit,
              nodeset: { means: say('NUMA nodes of the guest; all when it is absent.') },
            },
          },
        },
      },
      nosharepages: {
        since: '1.0.6',
        means: say('Keeps KSM from merging equal pages of this guest.'),
      },
      locked: {
        since: '1.0.6',
        means: say('The memory is locked and never swapped out; set a hard limit beside it.'),
        migration: say(
          'The destination must have all of it as free memory at once, or the guest does not start there.',
        ),
      },
      source: {
        means: say('What kind of host memory it is.'),
        attributes: {
          type: {
            default: 'anonymous',
            means: say('The kind of memory.'),
            values: {
              anonymous: say('Ordinary memory of the process.'),
              file: say('Files in a folder of the host; needs space there on the destination too.'),
              memfd: say(
                'Nameless files in memory, which helpers can share (since libvirt 4.10.0).',
              ),
            },
          },
        },
      },
      access: {
        means: say('Whether other processes can share the memory.'),
        attributes: {
          mode: {
            means: say('shared is what virtiofs and vhost-user devices need.'),
            values: {
              shared: say('Other processes can map it.'),
              private: say('Only QEMU itself has it.'),
            },
          },
        },
      },
      allocation: {
        means: say('When the memory is taken from the host.'),
        attributes: {
          mode: {
            means: say('At start or on use.'),
            values: {
              immediate: say(
                'All of it at start. On the destination this takes time before the migration begins.',
              ),
              ondemand: say('When the guest touches it.'),
            },
          },
          threads: { since: '8.2.0', means: say('Threads that allocate it.') },
        },
      },
      discard: { since: '4.4.0', means: say('The content is thrown away when the guest ends.') },
    },
  },
  memtune: {
    section: 'memory-tuning',
    means: say('Limits on the memory of the QEMU process.'),
    children: {
      hard_limit: {
        means: say('The most that QEMU may use; the kernel kills it beyond.'),
        migration: say(
          'A migration needs some memory of its own, for compression caches in particular: a tight limit can kill the guest.',
        ),
        attributes: { unit },
      },
      soft_limit: {
        means: say('What QEMU is held to when the host is short of memory.'),
        attributes: { unit },
      },
      swap_hard_limit: {
        means: say('The most of memory and swap together.'),
        attributes: { unit },
      },
    },
  },
  numatune: {
    section: 'numa-node-tuning',
    since: '0.9.3',
    means: say('NUMA nodes of the host that the memory comes from.'),
    migration: say('It moves as it is: the nodes must exist on the destination.'),
    children: {
      memory: {
        means: say('The rule for the whole guest.'),
        attributes: {
          mode: policy,
          nodeset,
          placement: {
            since: '0.9.12',
            means: say('Who chooses the nodes.'),
            values: {
              static: say('nodeset.'),
              auto: say('numad advises at start, on the destination anew.'),
            },
          },
        },
      },
      memnode: {
        since: '1.2.7',
        means: say('The rule for one NUMA node of the guest.'),
        attributes: {
          cellid: { means: say('Number of the guest’s node.') },
          mode: policy,
          nodeset,
        },
      },
    },
  },
  blkiotune: {
    section: 'block-i-o-tuning',
    since: '0.8.8',
    means: say('Weights and limits of the guest’s disk traffic, by cgroup.'),
    migration: say('Devices are named by host path; those paths must exist on the destination.'),
  },
};

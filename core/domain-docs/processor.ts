import { say } from '../messages.ts';
import type { AttributeDocumentation, ElementDocumentation } from './documentation.ts';

const cpuSection = 'cpu-model-and-topology';
const tuning = 'cpu-tuning';

const hostCpus: AttributeDocumentation = {
  means: say('Host CPUs by number: 0-3,8 or with ^ for an exception.'),
  migration: say('Each of them must exist on the destination.'),
};

export const processor: Readonly<Record<string, ElementDocumentation>> = {
  vcpu: {
    section: 'cpu-allocation',
    means: say('The number of virtual CPUs at most.'),
    migration: say(
      'More virtual CPUs than the destination has processors makes the guest slow there; nothing refuses it.',
    ),
    attributes: {
      current: {
        since: '0.8.5',
        means: say('How many of them are switched on; all when it is absent.'),
      },
      cpuset: { ...hostCpus },
      placement: {
        since: '0.9.11',
        default: 'static',
        means: say('Who chooses the host CPUs.'),
        migration: say('With auto, the numad of the destination is asked anew.'),
        values: {
          static: say('cpuset, or all when it is absent.'),
          auto: say('numad advises at start.'),
        },
      },
    },
  },
  vcpus: {
    section: 'cpu-allocation',
    since: '2.2.0',
    means: say('The state of each virtual CPU.'),
    migration: say(
      'CPUs that were switched on out of order can only go to a libvirt that knows this list.',
    ),
    children: {
      vcpu: {
        means: say('One virtual CPU.'),
        attributes: {
          id: { means: say('Its number, from 0.') },
          enabled: { means: say('Whether it is switched on.') },
          hotpluggable: {
            means: say('Whether it can be switched on and off while the guest runs.'),
          },
          order: { means: say('The order in which it was added.') },
        },
      },
    },
  },
  iothreads: {
    section: 'iothreads-allocation',
    since: '1.2.8',
    means: say('Number of threads that do the work of disks.'),
  },
  iothreadids: {
    section: 'iothreads-allocation',
    since: '1.2.15',
    means: say('Numbers of the I/O threads.'),
  },
  cputune: {
    section: tuning,
    means: say('Pins threads of the guest to host CPUs and shares out processor time.'),
    migration: say('It moves as it is: host CPUs that it names must exist on the destination.'),
    children: {
      vcpupin: {
        means: say('Pins a virtual CPU to host CPUs.'),
        migration: say(
          'Host CPUs that do not exist on the destination stop the guest from starting there.',
        ),
        attributes: {
          vcpu: { means: say('Number of the virtual CPU, from 0.') },
          cpuset: { ...hostCpus },
        },
      },
      emulatorpin: {
        means: say('Pins all threads of QEMU that are no virtual CPUs and no I/O threads.'),
        migration: say(
          'The threads that send the memory belong to them: with TLS or several connections they need CPUs of their own, apart from those of the virtual CPUs.',
        ),
        attributes: { cpuset: { ...hostCpus } },
      },
      iothreadpin: {
        since: '1.2.9',
        means: say('Pins an I/O thread to host CPUs.'),
        attributes: {
          iothread: { means: say('Number of the I/O thread.') },
          cpuset: { ...hostCpus },
        },
      },
      shares: { means: say('Weight of the guest against others; a number without unit.') },
      period: { means: say('Interval for quota, in microseconds.') },
      quota: {
        means: say(
          'Microseconds that each virtual CPU may run within a period; a negative number is no limit.',
        ),
      },
      emulator_period: { means: say('Interval for emulator_quota, in microseconds.') },
      emulator_quota: {
        means: say('Microseconds that the other threads of QEMU may run within a period.'),
        migration: say(
          'It also bounds the threads that send the memory, and so the speed of a migration.',
        ),
      },
      vcpusched: { since: '1.2.13', means: say('Scheduler of virtual CPUs.') },
      iothreadsched: { since: '1.2.13', means: say('Scheduler of I/O threads.') },
      emulatorsched: { since: '5.3.0', means: say('Scheduler of the other threads of QEMU.') },
      cachetune: {
        since: '4.1.0',
        means: say('Reserves processor cache by resctrl.'),
        migration: say('The destination must have resctrl with the same cache levels.'),
      },
      memorytune: {
        since: '4.7.0',
        means: say('Reserves memory bandwidth by resctrl.'),
        migration: say('The destination must have resctrl as well.'),
      },
    },
  },
  cpu: {
    section: cpuSection,
    means: say('The CPU that the guest sees.'),
    migration: say(
      'The destination must be able to offer the same model and features: a guest cannot change its processor while it runs.',
    ),
    attributes: {
      mode: {
        since: '0.9.10',
        default: 'custom',
        means: say('Where the model comes from.'),
        values: {
          custom: say(
            'A named model with features: any destination that supports them will do. The best choice for guests that move.',
          ),
          'host-model': say(
            'The nearest model to the host’s, fixed when the guest starts; the whole of it is handed to the destination and checked there.',
          ),
          'host-passthrough': say(
            'The host’s processor as it is. libvirt does not check it: both hosts must have the same processor, microcode, kernel and QEMU, else the guest may crash when it goes on.',
          ),
          maximum: say(
            'All that the hypervisor can do: on KVM the same as host-passthrough, with the same danger.',
          ),
        },
      },
      match: {
        default: 'exact',
        means: say('How strictly the CPU must match this description.'),
        values: {
          minimum: say(
            'At least this; more, if the host has more. What was given at start must then be on the destination.',
          ),
          exact: say('This and nothing else.'),
          strict: say('Only on a host that has exactly this CPU.'),
        },
      },
      check: {
        since: '3.2.0',
        means: say(
          'How libvirt checks that the guest gets what is described. For a running guest libvirt itself sets the best that is possible.',
        ),
        migration: say(
          'With full, a destination whose QEMU would add or leave out a feature refuses the guest.',
        ),
        values: {
          none: say('Not at all; QEMU warns at most.'),
          partial: say('The description is checked before the start, not the result.'),
          full: say('The CPU that QEMU made is compared with the description.'),
        },
      },
      migratable: {
        since: '6.5.0',
        default: 'on',
        means: say(
          'For host-passthrough and maximum: leaves out features that cannot be migrated.',
        ),
        migration: say(
          'off keeps features such as invtsc, and QEMU then refuses to migrate. on does not make different hosts equal.',
        ),
      },
    },
    children: {
      model: {
        means: say('The name of a CPU model.'),
        migration: say(
          'The destination’s processor and QEMU must support it; choose one that all hosts call usable.',
        ),
        attributes: {
          fallback: {
            since: '0.9.10',
            default: 'allow',
            means: say(
              'Whether another model may stand in for one that the hypervisor does not know.',
            ),
            values: {
              allow: say('The nearest one may be taken.'),
              forbid: say('Only this one: the safe choice for guests that move.'),
            },
          },
          vendor_id: {
            since: '0.10.0',
            means: say('The vendor that the guest reads, 12 characters.'),
          },
        },
      },
      vendor: {
        since: '0.8.3',
        means: say('The vendor of the processor that the guest needs.'),
        migration: say('A destination with a processor of another vendor is refused.'),
      },
      topology: {
        means: say('How the virtual CPUs are laid out in sockets, cores and threads.'),
        attributes: {
          sockets: { means: say('Number of sockets.') },
          dies: { means: say('Dies in a socket.'), default: '1' },
          clusters: { means: say('Clusters in a die.'), default: '1' },
          cores: { means: say('Cores in a die or cluster.') },
          threads: { means: say('Threads of a core.') },
        },
      },
      feature: {
        means: say('A CPU feature beside the model.'),
        migration: say(
          'Each feature that is forced or required must be there on the destination too.',
        ),
        attributes: {
          name: {
            means: say('Name of the feature as libvirt spells it.'),
            migration: say(
              'invtsc stops a migration unless the frequency of the tsc timer is given.',
            ),
          },
          policy: {
            default: 'require',
            means: say('Whether the guest gets it.'),
            values: {
              force: say('The guest sees it, whether the host has it or not.'),
              require: say('Only a host that has it, or can emulate it, may run the guest.'),
              optional: say(
                'The guest gets it where the host has it. What was so at start is required of the destination.',
              ),
              disable: say('The guest does not get it.'),
              forbid: say('A host that has it may not run the guest.'),
            },
          },
        },
      },
      cache: {
        since: '3.3.0',
        means: say('The processor caches that the guest sees.'),
        migration: say('passthrough shows the host’s own caches: both hosts should have the same.'),
      },
      maxphysaddr: {
        since: '8.7.0',
        means: say('The width of physical addresses that the guest sees.'),
        migration: say(
          'A width that the destination’s processor does not have can crash a guest with much memory; emulate a width that all hosts have.',
        ),
      },
      numa: {
        means: say('NUMA nodes that the guest sees.'),
        children: {
          cell: {
            means: say('One NUMA node of the guest.'),
            attributes: {
              id: { means: say('Number of the node.') },
              cpus: { means: say('Virtual CPUs of the node.') },
              memory: { means: say('Its memory, in unit.') },
              unit: { means: say('The unit of memory.'), default: 'KiB' },
              memAccess: {
                since: '1.2.9',
                means: say('Whether other processes can share the node’s memory.'),
              },
              discard: {
                since: '4.4.0',
                means: say('Whether the memory is discarded when the guest ends.'),
              },
            },
          },
        },
      },
    },
  },
};

import { say } from '../messages.ts';
import { integer, list, map, object, text } from './field-types.ts';
import { head } from './head-fields.ts';

/** `kind: HostInventory`. It never holds a secret: keys and passwords belong to ssh. */
export const inventoryFields = object(
  {
    ...head,
    hosts: list(
      object(
        {
          name: text({ doc: say('Name that descriptors use for this host.'), example: 'kvm01' }),
          uri: text({
            names: 'uri',
            doc: say('libvirt URI under which other hosts reach this one.'),
            example: 'qemu+ssh://root@kvm01/system',
            pattern: /^[a-z]+(\+[a-z0-9]+)?:\/\/.*$/,
          }),
          address: text({
            doc: say(
              'Name or address for ssh from this machine; looked up in the ssh configuration.',
            ),
            default: 'the name',
            example: 'kvm01.example.com',
          }),
          port: integer(1, 65535, {
            doc: say('ssh port.'),
            default: '22, or what the ssh configuration says',
          }),
          user: text({
            doc: say('ssh user; it needs the right to manage libvirt’s system instance.'),
            example: 'root',
          }),
          jumpHost: text({
            names: 'host',
            doc: say('Host that ssh connections go through, as ProxyJump.'),
            example: 'bastion',
          }),
          migrationAddress: text({
            doc: say('Address of this host on the migration network, seen from the other hosts.'),
            example: '10.9.0.2',
          }),
          labels: map(text({ doc: say('Value of the label.') }), {
            keys: 'label',
            doc: say('Free labels, for people and selectors.'),
          }),
        },
        { doc: say('One host.'), required: ['name'] },
      ),
      { identity: 'name', doc: say('The hosts.') },
    ),
  },
  { doc: say('An inventory of hosts.'), required: ['apiVersion', 'kind', 'hosts'] },
);

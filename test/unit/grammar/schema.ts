/** A small schema that uses every part of RELAX NG that libvirt's schemas use, and more. */
export const files: ReadonlyMap<string, string> = new Map([
  [
    'machine.rng',
    `<grammar xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <include href="common.rng">
    <define name="unit"><choice><value>KiB</value><value>MiB</value></choice></define>
  </include>
  <start><ref name="machine"/></start>
  <define name="machine">
    <element name="machine">
      <optional><attribute name="id"><ref name="count"/></attribute></optional>
      <interleave>
        <element name="name"><data type="string"><param name="pattern">[^/\\n]+</param></data></element>
        <optional><element name="memory"><optional><attribute name="unit"><ref name="unit"/></attribute></optional><ref name="count"/></element></optional>
        <zeroOrMore><ref name="disk"/></zeroOrMore>
        <optional><ref name="extension"/></optional>
        <optional><element name="notes"><mixed><zeroOrMore><element name="b"><text/></element></zeroOrMore></mixed></element></optional>
        <optional><element name="cpus"><list><oneOrMore><data type="unsignedByte"/></oneOrMore></list></element></optional>
        <optional><element name="metadata"><zeroOrMore><ref name="anything"/></zeroOrMore></element></optional>
        <optional><element name="order"><element name="first"><empty/></element><oneOrMore><element name="second"><empty/></element></oneOrMore></element></optional>
        <optional><element name="volume"><data type="string"><param name="pattern">[^/]+</param><except><choice><value>.</value><value>..</value></choice></except></data></element></optional>
        <optional><element name="slots"><optional><attribute name="free"><ref name="digits"/></attribute></optional><ref name="digits"/></element></optional>
      </interleave>
    </element>
  </define>
  <define name="digits"><data type="unsignedInt"><param name="pattern">[0-9]+</param></data></define>
  <define name="extension" combine="choice"><notAllowed/></define>
  <define name="extension" combine="choice">
    <element name="more" ns="urn:machine:more"><attribute name="on"><data type="boolean"/></attribute></element>
  </define>
  <define name="anything">
    <element><anyName><except><name>script</name></except></anyName>
      <zeroOrMore><choice><attribute><anyName/></attribute><text/><ref name="anything"/></choice></zeroOrMore>
    </element>
  </define>
</grammar>`,
  ],
  [
    'common.rng',
    `<grammar xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <define name="unit"><value>bytes</value></define>
  <define name="count"><data type="unsignedInt"><param name="minInclusive">1</param><param name="maxInclusive">1000</param></data></define>
  <define name="disk">
    <element name="disk">
      <choice>
        <group>
          <attribute name="type"><value>file</value></attribute>
          <interleave>
            <element name="source"><attribute name="file"><text/></attribute></element>
            <ref name="target"/>
          </interleave>
        </group>
        <group>
          <attribute name="type"><choice><value>block</value><value>nvme</value></choice></attribute>
          <optional><attribute name="shared"><choice><value>yes</value><value>no</value></choice></attribute></optional>
          <interleave>
            <optional><element name="source"><attribute name="dev"><data type="string"><param name="pattern">/.*</param></data></attribute></element></optional>
            <ref name="target"/>
            <optional><element name="readonly"><empty/></element></optional>
          </interleave>
        </group>
      </choice>
    </element>
  </define>
  <define name="target">
    <element name="target">
      <attribute name="dev"><data type="string"><param name="pattern">(sd|vd)[a-z]+</param></data></attribute>
      <optional><attribute name="bus"><choice><value>scsi</value><value>virtio</value></choice></attribute></optional>
    </element>
  </define>
</grammar>`,
  ],
]);

export const sample = `<machine id='7' xmlns:m='urn:machine:more'>
  <name>web 01</name>
  <memory unit='MiB'>512</memory>
  <disk type='file'>
    <source file='/images/a.qcow2'/>
    <target dev='vda' bus='virtio'/>
  </disk>
  <disk type='block' shared='yes'>
    <target dev='sdb'/>
    <source dev='/dev/sdb'/>
    <readonly/>
  </disk>
  <m:more on='true'/>
  <notes>mind <b>this</b> please</notes>
  <cpus>0 1 255</cpus>
  <metadata><x:y xmlns:x='urn:x' z='1'>t<q/></x:y></metadata>
  <order><first/><second/><second/></order>
  <volume>...</volume>
  <slots free='2'>4</slots>
</machine>
`;

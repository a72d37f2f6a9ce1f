// The client vendor's schema registry client for Node. One request a line, one answer a line, both JSON; bytes are base64.
'use strict'

const readline = require('node:readline')
const protobuf = require('@bufbuild/protobuf')
const wkt = require('@bufbuild/protobuf/wkt')
const registry = require('@confluentinc/schemaregistry')

const formats = {
  AVRO: [registry.AvroSerializer, registry.AvroDeserializer],
  JSON: [registry.JsonSerializer, registry.JsonDeserializer],
  PROTOBUF: [registry.ProtobufSerializer, registry.ProtobufDeserializer],
}
// The vendor's validator knows no formats of its own, and refuses what it does not know unless it is told not to look.
const validation = { validate: true, validateFormats: false }
const clients = new Map()

function clientOf(url) {
  if (!clients.has(url)) clients.set(url, new registry.SchemaRegistryClient({ baseURLs: [url] }))
  return clients.get(url)
}

// Buffers in events are { "bytes": base64 } in the protocol.
const toWire = (_, value) => (value && value.type === 'Buffer' && Array.isArray(value.data) ? { bytes: Buffer.from(value.data).toString('base64') } : value)
const fromWire = (_, value) => (value && typeof value.bytes === 'string' ? Buffer.from(value.bytes, 'base64') : value)

// What generated code would know of the messages. Descriptors that come from C# lack the names of fields in JSON.
function nameFields(message) {
  for (const field of message.field) field.jsonName ||= field.name.replace(/_+(.)/g, (_, letter) => letter.toUpperCase())
  message.nestedType.forEach(nameFields)
}

function messagesOf(files, asTheyAre) {
  const file = files.map((bytes) => protobuf.fromBinary(wkt.FileDescriptorProtoSchema, Buffer.from(bytes, 'base64')))
  if (!asTheyAre) file.forEach((one) => one.messageType.forEach(nameFields))
  return protobuf.createFileRegistry(protobuf.create(wkt.FileDescriptorSetSchema, { file }))
}

async function answer({ action, registry: url, format, topic, component, message, files, header, register, event, data, headers }) {
  const [Serializer, Deserializer] = formats[format]
  const serde = component === 'Key' ? registry.SerdeType.KEY : registry.SerdeType.VALUE
  const received = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]))
  if (action === 'read') {
    // A configuration of its own: the vendor's constructors write into it, the registry's client too.
    const reader = new Deserializer(clientOf(url), serde, { ...validation })
    const read = await reader.deserialize(topic, Buffer.from(data, 'base64'), received)
    if (!message) return { event: read }
    if (read.$typeName !== message) throw new Error(`it is ${read.$typeName}`)
    return { event: protobuf.toJson(messagesOf(files).getMessage(message), read) }
  }

  const options = { ...validation, useLatestVersion: !register, autoRegisterSchemas: register }
  if (message) {
    const known = messagesOf(files, register)
    options.registry = protobuf.createMutableRegistry(...known)
    event = protobuf.fromJson(known.getMessage(message), event)
  }
  if (header) options.schemaIdSerializer = registry.HeaderSchemaIdSerializer
  const sent = {}
  const bytes = await new Serializer(clientOf(url), serde, options).serialize(topic, event, sent)
  return {
    data: bytes.toString('base64'),
    headers: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, value.toString('base64')])),
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply
    try {
      reply = await answer(JSON.parse(line, fromWire))
    } catch (problem) {
      reply = { problem: String(problem.stack ?? problem) }
    }
    process.stdout.write(JSON.stringify(reply, toWire) + '\n')
  }
}

main()

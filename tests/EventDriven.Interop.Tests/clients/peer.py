"""The Python packages for Avro, JSON Schema and Protobuf. One request a line, one answer a line, both JSON; bytes are base64.

Python has no registry client among Debian's packages: the framing here is written from its description."""
import base64
import datetime
import decimal
import io
import json
import sys
import urllib.request
import uuid

import avro.io
import avro.schema
import jsonschema
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def ask(url, path):
    with urllib.request.urlopen(url + path) as response:
        return json.load(response)


def to_wire(value):
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime.datetime):
        return {"micros": (value - EPOCH) // datetime.timedelta(microseconds=1)}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value)} in an event")


def from_wire(value):
    if value.keys() == {"bytes"}:
        return base64.b64decode(value["bytes"])
    if value.keys() == {"decimal"}:
        return decimal.Decimal(value["decimal"])
    if value.keys() == {"micros"}:
        return EPOCH + datetime.timedelta(microseconds=value["micros"])
    if value.keys() == {"date"}:
        return datetime.date.fromisoformat(value["date"])
    return value


def read_avro(schema, body):
    stream = io.BytesIO(body)
    event = avro.io.DatumReader(avro.schema.parse(schema)).read(avro.io.BinaryDecoder(stream))
    if stream.read(1):
        raise ValueError("something follows the event")
    return event


def write_avro(schema, event):
    stream = io.BytesIO()
    avro.io.DatumWriter(avro.schema.parse(schema)).write(event, avro.io.BinaryEncoder(stream))
    return stream.getvalue()


def read_json(schema, body):
    event = json.loads(body)
    jsonschema.Draft7Validator(json.loads(schema)).validate(event)
    return event


def write_json(schema, event):
    jsonschema.Draft7Validator(json.loads(schema)).validate(event)
    return json.dumps(event, separators=(",", ":")).encode()


def message_of(request):
    """What generated code would know of the message: its class, and its place in its file."""
    pool = descriptor_pool.DescriptorPool()
    for file in request["files"]:
        pool.Add(descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(file)))
    descriptor = pool.FindMessageTypeByName(request["message"])
    indexes, inner = [], descriptor
    while inner is not None:
        around = inner.containing_type
        siblings = around.nested_types if around else list(inner.file.message_types_by_name.values())
        indexes.insert(0, siblings.index(inner))
        inner = around
    return message_factory.MessageFactory(pool).GetPrototype(descriptor), indexes


def path_of(indexes):
    """The indexes as zigzag varints behind their count; the first message of a file is the byte 0."""
    if indexes == [0]:
        return b"\0"
    path = bytearray()
    for number in [len(indexes)] + indexes:
        number <<= 1
        while number > 127:
            path.append(number & 127 | 128)
            number >>= 7
        path.append(number)
    return bytes(path)


def read_protobuf(request, path_and_body):
    message, indexes = message_of(request)
    path = path_of(indexes)
    if not path_and_body.startswith(path):
        raise ValueError(f"the path is not {path.hex()}")
    return json_format.MessageToDict(message.FromString(path_and_body[len(path):]))


def write_protobuf(request):
    message, indexes = message_of(request)
    return path_of(indexes), json_format.ParseDict(request["event"], message()).SerializeToString()


FORMATS = {"AVRO": (read_avro, write_avro), "JSON": (read_json, write_json)}


def answer(request):
    url, name = request["registry"], "__key_schema_id" if request["component"] == "Key" else "__value_schema_id"
    is_protobuf = request["format"] == "PROTOBUF"
    read, write = (lambda _, body: read_protobuf(request, body), lambda _, event: write_protobuf(request)) if is_protobuf else FORMATS[request["format"]]
    if request["action"] == "read":
        data, headers = base64.b64decode(request["data"]), request.get("headers") or {}
        if name in headers:
            guid = base64.b64decode(headers[name])
            if guid[0] != 1 or (len(guid) != 17 and not is_protobuf):
                raise ValueError("the header is no GUID")
            return {"event": read(ask(url, f"/schemas/guids/{uuid.UUID(bytes=guid[1:17])}")["schema"], guid[17:] + data)}
        if data[0] != 0:
            raise ValueError("the first byte is not 0")
        return {"event": read(ask(url, f"/schemas/ids/{int.from_bytes(data[1:5], 'big')}")["schema"], data[5:])}

    latest = ask(url, f"/subjects/{request['topic']}-{request['component'].lower()}/versions/latest")
    written = write(latest["schema"], request["event"])
    path, body = written if is_protobuf else (b"", written)
    if request["header"]:
        return {"data": base64.b64encode(body).decode(), "headers": {name: base64.b64encode(b"\x01" + uuid.UUID(latest["guid"]).bytes + path).decode()}}
    return {"data": base64.b64encode(b"\x00" + latest["id"].to_bytes(4, "big") + path + body).decode(), "headers": {}}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line, object_hook=from_wire))
    except Exception as problem:  # pylint: disable=broad-except
        reply = {"problem": f"{type(problem).__name__}: {problem}"}
    print(json.dumps(reply, default=to_wire), flush=True)

using EventDriven.SchemaRegistry.Avro.Tests.Hosting;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Generated;

/// <summary>Every type that the expressions are tested with.</summary>
[AvroSerializable(typeof(Numbers))]
[AvroSerializable(typeof(Plain))]
[AvroSerializable(typeof(Texts))]
[AvroSerializable(typeof(Times))]
[AvroSerializable(typeof(Money))]
[AvroSerializable(typeof(Point))]
[AvroSerializable(typeof(Optional))]
[AvroSerializable(typeof(Collections))]
[AvroSerializable(typeof(Sets))]
[AvroSerializable(typeof(Tree))]
[AvroSerializable(typeof(Payment))]
[AvroSerializable(typeof(IAnimal))]
[AvroSerializable(typeof(Unions))]
[AvroSerializable(typeof(Line))]
[AvroSerializable(typeof(Everything))]
[AvroSerializable(typeof(MoreShapes))]
[AvroSerializable(typeof(Made))]
[AvroSerializable(typeof(RoundTripTests.Order))]
[AvroSerializable(typeof(UseAvroTests.PlainOrder))]
[AvroSerializable(typeof(UnionTests.Cancelled))]
[AvroSerializable(typeof(long))]
[AvroSerializable(typeof(string))]
[AvroSerializable(typeof(byte[]))]
[AvroSerializable(typeof(Color))]
[AvroSerializable(typeof(int?))]
[AvroSerializable(typeof(List<int>))]
[AvroSerializable(typeof(Dictionary<string, string>))]
[AvroSerializable(typeof(DateOnly))]
[AvroSerializable(typeof(Guid))]
internal sealed partial class TestContext : AvroContext;
